import { createTable, orders } from "./schema";

export const items = createTable("orderitem", (d) => ({
  id: d.bigint({ mode: "number" }).primaryKey(),
  orderId: d.bigint({ mode: "number" }).notNull(),
  productId: d.bigint({ mode: "number" }),
}));

export async function place(db: Db, customer: { id: number } | null, products: number[]) {
  const [order] = await db.insert(orders).values({ customerId: customer?.id, status: "new" }).returning();
  await db.insert(items).values(products.map((productId) => ({ orderId: order!.id, productId })));
}
