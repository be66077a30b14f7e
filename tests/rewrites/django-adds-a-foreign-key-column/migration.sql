BEGIN;
--
-- Add field product to order
--
ALTER TABLE "orders" ADD COLUMN "product_id" bigint NULL CONSTRAINT "orders_product_id_5d7e1c2a_fk_products_id" REFERENCES "products"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "orders_product_id_5d7e1c2a_fk_products_id" IMMEDIATE;
CREATE INDEX "orders_product_id_5d7e1c2a" ON "orders" ("product_id");
COMMIT;
