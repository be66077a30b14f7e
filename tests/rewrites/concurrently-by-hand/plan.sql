-- step 1: build index products_sku_idx
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY products_sku_idx ON public.products (sku);
-- undo: DROP INDEX CONCURRENTLY public.products_sku_idx;

-- step 2: make products_sku_key a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_sku_key UNIQUE USING INDEX products_sku_idx;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_sku_key;

-- step 3: drop index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
DROP INDEX CONCURRENTLY public.orders_placed_at_idx;
