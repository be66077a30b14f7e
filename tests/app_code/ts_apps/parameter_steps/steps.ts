import { Pool } from "pg";
const pool = new Pool();
export async function one(p: string, u: string | null) {
  const q = { text: "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", values: [] as unknown[] };
  q.values.push(p);
  q.values.push(u);
  await pool.query(q);
}
export async function two(p: string, u: string | null) {
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [p].concat(u));
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [p].concat([u]));
}
export async function three(p: string, u: string) {
  const params: string[] = [];
  params.push(p);
  params.push(u);
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", params);
}
export async function four(p: string, u?: string) {
  const params = [p];
  params.push(u ?? null, "title");
  await pool.query("INSERT INTO tasks (project_id, assignee_id, title) VALUES ($1, $2, $3)", params);
}
export async function six(rows: { p: string; u: string | null }[]) {
  const values: unknown[] = [];
  const places = rows.map((r, i) => { values.push(r.p, r.u); return `($${i * 2 + 1}, $${i * 2 + 2})`; });
  await pool.query(`INSERT INTO tasks (project_id, assignee_id) VALUES ${places.join(", ")}`, values);
}
export async function seven(rows: { p: string; u: string }[]) {
  const values: unknown[] = [];
  const tuples: string[] = [];
  let n = 1;
  for (const r of rows) {
    tuples.push(`($${n++}, $${n++})`);
    values.push(r.p, r.u);
  }
  await pool.query(`INSERT INTO tasks (project_id, assignee_id) VALUES ${tuples.join(", ")}`, values);
}
export async function eight(p: string, u: string) {
  const columns = ["project_id"];
  const values = [p];
  if (u) { columns.push("assignee_id"); values.push(u); }
  const marks = columns.map((_, i) => `$${i + 1}`).join(", ");
  await pool.query(`INSERT INTO tasks (${columns.join(", ")}) VALUES (${marks})`, values);
}
export async function nine(row: { project_id: string; assignee_id: string | null }) {
  const cols = Object.keys(row);
  const marks = cols.map((_, i) => `$${i + 1}`).join(", ");
  await pool.query(`INSERT INTO tasks (${cols.join(", ")}) VALUES (${marks})`, Object.values(row));
}
export async function ten(p: string, u: string) {
  const head = [p];
  await pool.query("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [...head, u || null]);
}
