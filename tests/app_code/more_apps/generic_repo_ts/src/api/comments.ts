import { Request, Response } from 'express'
import { comments } from '../repositories/comments'
import { db } from '../db'

export async function postComment(req: Request, res: Response) {
  const { taskId, body } = req.body
  if (!taskId || !body) {
    return res.status(400).json({ error: 'taskId and body are required' })
  }
  const created = await comments.create({ task_id: taskId, body })
  await db.query(
    `UPDATE tasks SET status = 'discussed' WHERE id = $1`,
    [taskId]
  )
  await db.query('INSERT INTO comments(task_id, author_id, body) VALUES ($1, $2, $3)', [taskId, req.user?.id, body])
  res.status(201).json(created)
}

export const removeProject = async (req: Request, res: Response) => {
  const client = await db.connect()
  try {
    await client.query('BEGIN')
    await client.query('DELETE FROM tasks WHERE project_id = $1', [req.params.id])
    await client.query('DELETE FROM projects WHERE id = $1', [req.params.id])
    await client.query('COMMIT')
  } catch (e) {
    await client.query('ROLLBACK')
    throw e
  } finally {
    client.release()
  }
}
