-- step 1: add column orders.product_id
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN "product_id" bigint NULL;
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN product_id;

-- step 2: build index orders_product_id_5d7e1c2a
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_product_id_5d7e1c2a ON public.orders ("product_id");
-- undo: DROP INDEX CONCURRENTLY public.orders_product_id_5d7e1c2a;

-- step 3: add key orders_product_id_5d7e1c2a_fk_products_id, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_product_id_5d7e1c2a_fk_products_id FOREIGN KEY (product_id) REFERENCES public.products("id") DEFERRABLE INITIALLY DEFERRED NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_product_id_5d7e1c2a_fk_products_id;

-- step 4: check every row against orders_product_id_5d7e1c2a_fk_products_id
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_product_id_5d7e1c2a_fk_products_id;
COMMIT;
