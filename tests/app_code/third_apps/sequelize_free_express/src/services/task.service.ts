import { PoolClient } from 'pg'
import pool from '../config/database'
import { logger } from '../utils/logger'

export interface CreateTaskInput {
  projectId: string
  title: string
  assigneeId?: string
}

export class TaskService {
  private static readonly INSERT = `
    INSERT INTO tasks (project_id, assignee_id, title)
    VALUES ($1, $2, $3)
    RETURNING *`

  async create(input: CreateTaskInput): Promise<Task> {
    const result = await pool.query(TaskService.INSERT, [input.projectId, input.assigneeId, input.title])
    return result.rows[0]
  }

  async addComment(client: PoolClient, taskId: string, authorId: string, body: string) {
    const sql = 'INSERT INTO comments (task_id, author_id, body) VALUES ($1, $2, $3)'
    await client.query(sql, [taskId, authorId, body])
  }

  async bulkComments(taskId: string, comments: { authorId: string; body: string }[]) {
    const values: any[] = []
    const placeholders = comments.map((c, i) => {
      values.push(taskId, c.authorId, c.body)
      return `($${i * 3 + 1}, $${i * 3 + 2}, $${i * 3 + 3})`
    })
    await pool.query(`INSERT INTO comments (task_id, author_id, body) VALUES ${placeholders.join(', ')}`, values)
  }

  async update(id: string, fields: Partial<CreateTaskInput>) {
    const sets: string[] = []
    const params: unknown[] = []
    if (fields.title !== undefined) {
      params.push(fields.title)
      sets.push(`title = $${params.length}`)
    }
    params.push(id)
    await pool.query(`UPDATE tasks SET ${sets.join(', ')} WHERE id = $${params.length}`, params)
  }

  async remove(id: string) {
    try {
      await pool.query('DELETE FROM tasks WHERE id = $1', [id])
    } catch (err) {
      logger.error('DELETE FROM tasks failed', err)
    }
  }
}
