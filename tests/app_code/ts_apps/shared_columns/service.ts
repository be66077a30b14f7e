import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { comments, tasks } from "./schema/tasks";

export async function add(env: Env, projectRef: string, title: string) {
  await drizzle(env.DB).insert(tasks).values({ projectRef, title });
}

export async function comment(env: Env, id: string, authorId: string) {
  const db = drizzle(env.DB);
  const task = await db.query.tasks.findFirst({ where: eq(tasks.id, id) });
  if (!task) return;
  await db.insert(comments).values({ taskId: task.id, authorId, body: "" });
}

export async function clear(env: Env, cache: Map<string, string>) {
  cache.delete("tasks");
  await drizzle(env.DB).delete(comments);
}
