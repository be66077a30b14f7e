import { pgTable, text, uuid, timestamp } from 'drizzle-orm/pg-core'
import { createInsertSchema } from 'drizzle-zod'
import { user } from './auth'

export const task = pgTable('tasks', (t) => ({
  id: t.uuid().notNull().primaryKey().defaultRandom(),
  project_id: t.uuid().notNull(),
  assigneeId: t.uuid('assignee_id').references(() => user.id),
  title: t.text(),
}))

export const comment = pgTable(
  'comments',
  {
    id: uuid().primaryKey(),
    taskId: uuid('task_id').references(() => task.id),
    authorId: uuid('author_id'),
    body: text(),
  },
  (table) => [],
)

export type NewTask = typeof task.$inferInsert
