import { pgTableCreator } from "drizzle-orm/pg-core";

export const createTable = pgTableCreator((name) => `shop_${name}`);

export const customers = createTable("customer", (d) => ({
  id: d.bigint({ mode: "number" }).primaryKey(),
  email: d.text(),
}));

export const orders = createTable("order", (d) => ({
  id: d.bigint({ mode: "number" }).primaryKey(),
  customerId: d.bigint({ mode: "number" }).references(() => customers.id),
  status: d.text(),
}));
