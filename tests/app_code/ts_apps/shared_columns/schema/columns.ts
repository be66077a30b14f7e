import { timestamp, uuid } from "drizzle-orm/pg-core";

export const key = () => uuid("id").primaryKey().defaultRandom();
export const dated = { createdAt: timestamp("created_at").defaultNow() };
export const inProject = { projectRef: uuid("project_id").notNull(), ...dated };
