-- add_reference :orders, :product, foreign_key: true
BEGIN;
ALTER TABLE "orders" ADD "product_id" bigint;
CREATE INDEX "index_orders_on_product_id" ON "orders" ("product_id");
ALTER TABLE "orders" ADD CONSTRAINT "fk_rails_dfb33b2de0"
FOREIGN KEY ("product_id")
  REFERENCES "products" ("id")
;
COMMIT;
