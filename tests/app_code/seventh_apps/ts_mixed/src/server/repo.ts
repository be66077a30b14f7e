import { Pool, PoolClient } from 'pg'
import SQL from 'sql-template-strings'

const pool = new Pool()

export type TaskRow = { id: string; project_id: string; assignee_id: string | null; title: string }
export type TaskInput = Omit<TaskRow, 'id'>

async function withTx<T>(fn: (c: PoolClient) => Promise<T>): Promise<T> {
  const c = await pool.connect()
  try {
    return await fn(c)
  } finally {
    c.release()
  }
}

export async function insertTask(input: TaskInput) {
  return withTx(async (c) => {
    const res = await c.query<TaskRow>(
      `INSERT INTO tasks (project_id, assignee_id, title)
       VALUES ($1, $2, $3) RETURNING *`,
      [input.project_id, input.assignee_id, input.title],
    )
    return res.rows[0]!
  })
}

export async function insertComment(taskId: string, author: { id: string }, body: string) {
  const query = SQL`INSERT INTO comments (task_id, author_id, body) VALUES (${taskId}, ${author.id}, ${body})`
  await pool.query(query)
}

export async function insertMany(rows: TaskInput[]) {
  const params: unknown[] = []
  const tuples = rows.map((r, i) => {
    params.push(r.project_id, r.title)
    return `($${i * 2 + 1}, $${i * 2 + 2})`
  })
  await pool.query(`INSERT INTO tasks (project_id, title) VALUES ${tuples.join(', ')}`, params)
}

export const deleteProject = (id: string) => pool.query({ text: 'DELETE FROM projects WHERE id = $1', values: [id] })
