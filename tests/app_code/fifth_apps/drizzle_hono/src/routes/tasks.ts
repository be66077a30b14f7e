import { Hono } from 'hono'
import { zValidator } from '@hono/zod-validator'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { db, tasks, comments, projects as projectTable, type NewTask } from '../db'
import * as schema from '../db/schema'

const body = z.object({ title: z.string(), projectId: z.string(), assigneeId: z.string().optional() })

export const app = new Hono()
  .post('/', zValidator('json', body), async (c) => {
    const values = c.req.valid('json')
    const [task] = await db.insert(tasks).values({ ...values, assigneeId: c.get('userId') }).returning()
    return c.json(task)
  })
  .post('/:id/comments', async (c) => {
    const { text } = await c.req.json()
    await db
      .insert(schema.comments)
      .values({ id: crypto.randomUUID(), taskId: c.req.param('id'), authorId: c.get('user')?.id ?? null, body: text })
    return c.body(null, 204)
  })
  .patch('/:id', async (c) => {
    await db.update(tasks).set({ title: 'x', assigneeId: null }).where(eq(tasks.id, c.req.param('id')))
    return c.body(null, 204)
  })
  .delete('/:id', async (c) => {
    await db.delete(projectTable).where(eq(projectTable.id, c.req.param('id')))
    return c.body(null, 204)
  })

export async function seed(projectId: string, rows: NewTask[]) {
  await db.transaction(async (tx) => {
    await tx.insert(tasks).values(rows.map((r) => ({ ...r, projectId }))).onConflictDoNothing()
  })
}
