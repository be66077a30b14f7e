-- step 1: add column order_items.sku
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD COLUMN sku text;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP COLUMN sku;

-- step 2: build index products_sku_key
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY products_sku_key ON public.products (sku);
-- undo: DROP INDEX CONCURRENTLY public.products_sku_key;

-- step 3: make products_sku_key a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_sku_key UNIQUE USING INDEX products_sku_key;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_sku_key;

-- step 4: build index order_items_sku_idx
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE INDEX CONCURRENTLY order_items_sku_idx ON public.order_items (sku);
-- undo: DROP INDEX CONCURRENTLY public.order_items_sku_idx;

-- step 5: add key order_items_sku_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_sku_fkey FOREIGN KEY (sku) REFERENCES public.products (sku) ON UPDATE CASCADE NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_sku_fkey;

-- step 6: check every row against order_items_sku_fkey
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_sku_fkey;
COMMIT;
