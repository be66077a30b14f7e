import { Pool } from "pg";

const pool = new Pool();

export async function query(sql: string, params: unknown[]) {
  return (await pool.query(sql, params)).rows;
}

export async function mutate(sql: string, params: unknown[], userId: string, how?: { service: boolean }) {
  const client = await pool.connect();
  try {
    await client.query("select set_config('app.user_id', $1, true)", [how?.service ? "" : userId]);
    return await client.query(sql, params);
  } finally {
    client.release();
  }
}
