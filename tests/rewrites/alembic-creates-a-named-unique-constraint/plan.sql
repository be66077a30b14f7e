-- step 1: build index uq_products_sku
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY uq_products_sku ON public.products (sku);
-- undo: DROP INDEX CONCURRENTLY public.uq_products_sku;

-- step 2: make uq_products_sku a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT uq_products_sku UNIQUE USING INDEX uq_products_sku;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT uq_products_sku;
