import { eq } from "drizzle-orm";
import { db, tables } from "$lib/db";
import { pool } from "$lib/pool";

export async function repeat(id: string) {
  const [{ id: _id, ...again }] = await db.select().from(tables.tasks).where(eq(tables.tasks.id, id));
  await db.insert(tables.tasks).values(again);
}

export async function change(id: string, projectId: string | null, assigneeId: string) {
  const values = { project_id: projectId, assignee_id: assigneeId };
  const text = "UPDATE tasks SET project_id = $2, assignee_id = $3 WHERE id = $1";
  await pool.query(text, [id, ...Object.values(values)]);
}
