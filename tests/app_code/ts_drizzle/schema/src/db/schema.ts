import { pgTable, uuid, text, pgSchema } from 'drizzle-orm/pg-core'

const billing = pgSchema('billing')

export const users = pgTable('users', { id: uuid('id').primaryKey().defaultRandom() })
export const projects = pgTable('projects', {
  id: uuid('id').primaryKey().defaultRandom(),
  teamId: uuid('team_id'),
  ownerId: uuid('owner_id').references(() => users.id),
  name: text('name').notNull(),
})
export const tasks = pgTable('tasks', {
  id: uuid('id').primaryKey().defaultRandom(),
  projectId: uuid('project_id').references(() => projects.id, { onDelete: 'cascade' }),
  assigneeId: uuid('assignee_id').references(() => users.id),
  title: text('title'),
})
export const comments = pgTable('comments', {
  id: uuid('id').primaryKey(),
  taskId: uuid('task_id'),
  author: uuid('author_id'),
  body: text('body'),
})
export const invoices = billing.table('invoices', {
  id: uuid('id').primaryKey(),
  projectId: uuid('project_id'),
})
