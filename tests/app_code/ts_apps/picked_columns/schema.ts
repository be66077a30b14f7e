import { pgTable, text, uuid } from "drizzle-orm/pg-core";

export const tasks = pgTable("tasks", {
  id: uuid("id").primaryKey(),
  projectId: uuid("project_id").notNull(),
  assigneeId: uuid("assignee_id"),
  title: text("title"),
});
export const comments = pgTable("comments", {
  id: uuid("id").primaryKey(),
  taskId: uuid("task_id").notNull(),
  authorId: uuid("author_id"),
});
export const users = pgTable("users", { id: uuid("id").primaryKey() });
