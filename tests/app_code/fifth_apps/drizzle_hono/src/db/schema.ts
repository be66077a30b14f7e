import { relations, sql } from 'drizzle-orm'
import { pgTable, text, timestamp, uuid, pgSchema, numeric } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey().defaultRandom(), email: text('email') })

export const projects = pgTable('projects', {
  id: uuid('id').primaryKey().defaultRandom(),
  teamId: uuid('team_id'),
  ownerId: uuid('owner_id').references(() => users.id),
  name: text('name'),
})

export const tasks = pgTable('tasks', {
  id: uuid().primaryKey().defaultRandom(),
  projectId: uuid('project_id').references(() => projects.id, { onDelete: 'cascade' }),
  assigneeId: uuid('assignee_id'),
  title: text(),
})

export const comments = pgTable('comments', (t) => ({
  id: t.uuid('id').primaryKey(),
  taskId: t.uuid('task_id').notNull(),
  authorId: t.uuid('author_id'),
  body: t.text('body'),
}))

export type NewTask = typeof tasks.$inferInsert
export type Comment = typeof comments.$inferSelect
