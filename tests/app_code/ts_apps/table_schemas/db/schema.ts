import { pgSchema, pgTable, text, uuid } from "drizzle-orm/pg-core";

export const billing = pgSchema("billing");

export const tasks = pgTable("tasks", {
  id: uuid("id").primaryKey().defaultRandom(),
  projectId: uuid("project_id").notNull(),
  assigneeId: uuid("assignee_id"),
  title: text("title"),
});

export const invoices = billing.table("invoices", {
  id: uuid("id").primaryKey().defaultRandom(),
  projectId: uuid("project_id"),
  status: text("status"),
});
