import { Pool } from "pg";
const pool = new Pool();
const insertTask = () => `INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)`;
function insertComment() {
  return "INSERT INTO comments (task_id, author_id) VALUES ($1, $2)";
}
const Q = {
  tasks: { add: "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)" },
} as const;
const build = (p: string, a?: string) => ({ text: "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", values: [p, a] });
export async function a(p: string) { await pool.query(insertTask(), [p, null]); }
export async function b(p: string, u?: string) { await pool.query(insertComment(), [p, u]); }
export async function c(p: string, u: string | null) { await pool.query(add, [p, u]); }
export async function d(p: string) { await pool.query(build(p)); }
const { add } = Q.tasks;
const getSql = (kind: string) => {
  switch (kind) {
    case "task": return "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)";
    default: return "SELECT 1";
  }
};
export async function e(p: string) { const text = getSql("task"); await pool.query(text, [p, null]); }
