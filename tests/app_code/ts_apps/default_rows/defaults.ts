import { Pool } from "pg";
const pool = new Pool();
interface In { project_id?: string; assignee_id?: string; title: string }
export async function one(input: In) {
  const { project_id, assignee_id } = { assignee_id: null, project_id: "x", ...input };
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [project_id, assignee_id]);
}
export async function two({ project_id, assignee_id = null }: { project_id: string; assignee_id?: string }) {
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [project_id, assignee_id]);
}
export async function three(input: { project_id: string; assignee_id: string | null }) {
  const { project_id: p, assignee_id: a = "6c2f5a1e-0d55-4f5e-9a43-3f1f0e6a7b21" } = input;
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [p, a]);
}
export async function four(input: { project: { id: string }; assignee?: { id: string } }) {
  const { project: { id: project_id }, assignee: { id: assignee_id } = { id: null } } = input;
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [project_id, assignee_id]);
}
export async function five(project_id: string, { assignee_id = null, title } = {}) {
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [project_id, assignee_id]);
}
const defaults = { assignee_id: null, status: "open" };
export async function six(input: { project_id: string }) {
  const row = { ...defaults, ...input };
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [row.project_id, row.assignee_id]);
}
export async function seven(input: { project_id: string; assignee_id: string }) {
  const row = { ...defaults, ...input };
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [row.project_id, row.assignee_id]);
}
