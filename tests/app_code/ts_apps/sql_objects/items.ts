import postgres from "postgres";
import SQL from "sql-template-strings";
import type { Pool } from "pg";

const sql = postgres();

export async function addAll(tasks: { project: string; assignee?: string }[]) {
  const values = tasks.map((task) => [task.project, task.assignee ?? null]);
  await sql`insert into tasks (project_id, assignee_id) values ${sql(values)}`;
}

export async function add(pool: Pool, project: string, assignee?: { id: string }) {
  const statement = {
    name: "add-task",
    text: "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)",
  };
  await pool.query(statement, [project, assignee?.id]);
}

export async function comment(pool: Pool, task: string, author: { id: string } | null) {
  await pool.query(SQL`INSERT INTO comments (task_id, author_id) VALUES (${task}, ${author ? author.id : null})`);
}
