import { drizzle } from 'drizzle-orm/postgres-js'
import { pgTable, uuid, text } from 'drizzle-orm/pg-core'
import { eq, sql } from 'drizzle-orm'
import type { InferInsertModel } from 'drizzle-orm'

export const taskTable = pgTable('tasks', {
  id: uuid('id').defaultRandom().primaryKey(),
  projectId: uuid('project_id').notNull(),
  assigneeId: uuid('assignee_id'),
  title: text('title').notNull(),
})

type NewTask = InferInsertModel<typeof taskTable>
const db = drizzle(process.env.DATABASE_URL!)

export const createTask = async (task: NewTask) => db.insert(taskTable).values(task).returning()

export const upsertTask = async (id: string, projectId: string, userId: string) =>
  db
    .insert(taskTable)
    .values({ id, projectId, assigneeId: userId, title: '' })
    .onConflictDoUpdate({ target: taskTable.id, set: { title: sql`excluded.title` } })

export const setAssignee = (id: string, user?: { id: string }) =>
  db.update(taskTable).set({ assigneeId: user?.id ?? null }).where(eq(taskTable.id, id))
