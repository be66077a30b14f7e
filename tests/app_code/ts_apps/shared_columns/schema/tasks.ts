import { pgTable } from "drizzle-orm/pg-core";
import { inProject, key } from "./columns";

export const tasks = pgTable("tasks", (t) => ({
  id: key(),
  ...inProject,
  assignee: t.uuid("assignee_id"),
  title: t.text(),
}));

export const comments = pgTable("comments", (t) => ({
  id: key(),
  taskId: t.uuid("task_id").notNull(),
  authorId: t.uuid("author_id").notNull(),
  body: t.text(),
}));
