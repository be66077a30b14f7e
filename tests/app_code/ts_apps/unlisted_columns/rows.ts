import { Pool } from "pg";
import postgres from "postgres";
const pool = new Pool();
const sql = postgres();
export async function add(id: string, p: string, u: string | null) {
  await pool.query("INSERT INTO comments VALUES ($1, $2, $3, $4)", [id, p, u, "body"]);
  await pool.query("INSERT INTO comments VALUES ($1, $2)", [id, p]);
  await pool.query("INSERT INTO comments VALUES (DEFAULT, $1, $2, 'x')", [p, u!]);
  await pool.query("INSERT INTO comments SELECT gen_random_uuid(), t.id, NULL, 'x' FROM tasks t");
  await sql`insert into comments values (${id}, ${p}, ${null}, ${"x"})`;
  await pool.query("INSERT INTO tasks VALUES ($1, $2, NULL, $3)", [id, p, u]);
}
