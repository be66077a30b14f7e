import { pgTable, text, uuid } from "drizzle-orm/pg-core";

const owned = () => ({ assigneeId: uuid("assignee_id").notNull(), title: text("title") });

export const tasks = pgTable("tasks", {
  id: uuid("id").primaryKey().defaultRandom(),
  projectId: uuid("project_id"),
  ...owned(),
});
