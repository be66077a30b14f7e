import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { comments, tasks, users } from "./schema";

const db = drizzle(process.env.URL!);

export async function copy(id: string) {
  const [task] = await db.select({ id: tasks.id, who: tasks.assigneeId }).from(tasks).where(eq(tasks.id, id)).limit(1);
  await db.insert(comments).values({ taskId: task.id, authorId: task.who });
  const rows = await db
    .select({ task: tasks.id, user: users.id })
    .from(tasks)
    .leftJoin(users, eq(users.id, tasks.assigneeId));
  await db.insert(comments).values({ taskId: rows[0].task, authorId: rows[0].user });
  for (const row of rows) {
    if (!row.user) continue;
    await db.insert(comments).values({ taskId: row.task, authorId: row.user });
  }
}
