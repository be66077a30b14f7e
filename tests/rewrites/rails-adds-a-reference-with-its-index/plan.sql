-- step 1: add column orders.product_id
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD "product_id" bigint;
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN product_id;

-- step 2: build index index_orders_on_product_id
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY index_orders_on_product_id ON public.orders ("product_id");
-- undo: DROP INDEX CONCURRENTLY public.index_orders_on_product_id;

-- step 3: add key fk_rails_dfb33b2de0, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT fk_rails_dfb33b2de0 FOREIGN KEY ("product_id")
  REFERENCES public.products ("id") NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT fk_rails_dfb33b2de0;

-- step 4: check every row against fk_rails_dfb33b2de0
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT fk_rails_dfb33b2de0;
COMMIT;
