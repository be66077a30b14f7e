-- step 1: build index products_sku_key
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY products_sku_key ON public.products (sku);
-- undo: DROP INDEX CONCURRENTLY public.products_sku_key;

-- step 2: make products_sku_key a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_sku_key UNIQUE USING INDEX products_sku_key;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_sku_key;
