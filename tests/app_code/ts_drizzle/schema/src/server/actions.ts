'use server'
import { eq } from 'drizzle-orm'
import { db } from '@/db'
import { comments, invoices, projects, tasks, type users } from '@/db/schema'
import * as schema from '@/db/schema'
import { auth } from '@/auth'

export async function createTask(projectId: string, title: string) {
  const session = await auth()
  if (!session?.user?.id) throw new Error('Unauthorized')
  const [task] = await db
    .insert(tasks)
    .values({ projectId, assigneeId: session.user.id, title })
    .returning()
  await db.insert(comments).values({ taskId: task.id, author: session.user.id, body: 'created' })
  return task
}

export async function quickTask(title: string, projectId?: string) {
  await db.insert(schema.tasks).values({ title, projectId, assigneeId: null })
}

export async function importTasks(projectId: string, titles: string[]) {
  await db.transaction(async (tx) => {
    await tx.insert(tasks).values(titles.map((title) => ({ title, projectId })))
    await tx.insert(invoices).values({ projectId }).onConflictDoUpdate({ target: invoices.id, set: { projectId } })
  })
}

export async function edit(id: string, title: string, projectId: string) {
  await db.update(tasks).set({ title }).where(eq(tasks.id, id))
  await db.update(tasks).set({ projectId }).where(eq(tasks.id, id))
  await db.delete(comments).where(eq(comments.taskId, id))
  await db.delete(tasks).where(eq(tasks.id, id))
  const cache = new Map()
  cache.delete(tasks)
}
