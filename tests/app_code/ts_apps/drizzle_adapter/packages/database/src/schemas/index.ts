import { pgTable, text, uuid, timestamp } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: uuid().primaryKey().defaultRandom(), email: text() });

export const projects = pgTable("projects", {
  id: uuid().primaryKey().defaultRandom(),
  teamId: uuid("team_id").notNull(),
  ownerId: uuid("owner_id"),
  name: text(),
});

export const tasks = pgTable("tasks", {
  id: uuid().primaryKey().defaultRandom(),
  projectId: uuid("project_id").notNull(),
  assigneeId: uuid("assignee_id").references(() => users.id),
  title: text(),
  createdAt: timestamp("created_at").defaultNow(),
});

export const comments = pgTable("comments", {
  id: uuid().primaryKey().defaultRandom(),
  taskId: uuid("task_id").notNull(),
  authorId: uuid("author_id"),
  body: text(),
});

export type NewTask = typeof tasks.$inferInsert;
export type NewComment = typeof comments.$inferInsert;
