import { drizzle } from "drizzle-orm/node-postgres";
import { sql, eq } from "drizzle-orm";
import * as schema from "./schema";
import { tasks, comments, users, projects } from "./schema";
const db = drizzle(process.env.URL!, { schema });
export async function copy(from: string, to: string) {
  await db.insert(tasks).select(db.select({ projectId: tasks.projectId, assigneeId: tasks.assigneeId }).from(tasks));
  await db.insert(tasks).select(db.select({ id: sql`gen_random_uuid()`.as("id"), projectId: projects.id, assigneeId: users.id, title: sql`'x'`.as("title") }).from(projects));
  await db.insert(comments).select((qb) => qb.select({ taskId: tasks.id, authorId: sql`null`.as("author_id") }).from(tasks));
  await db.insert(comments).values({ taskId: sql`${from}::uuid`, authorId: sql`null` });
  await db.execute(sql`insert into ${comments} (task_id, author_id) values (${from}, ${null})`);
  await db.execute(sql`insert into ${schema.tasks} (${tasks.projectId}, ${tasks.assigneeId}) values (${from}, ${to})`);
}
