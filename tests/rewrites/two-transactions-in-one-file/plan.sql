-- step 1: add column orders.product_id
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN product_id bigint;
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN product_id;

-- step 2: build index orders_product_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_product_idx ON public.orders (product_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_product_idx;

-- step 3: add key orders_product_fk, unproven as written
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_product_fk FOREIGN KEY (product_id) REFERENCES public.products (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_product_fk;

-- step 4: check every row against orders_product_fk
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_product_fk;
COMMIT;
