-- step 1: build index order_items_order_idx
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE INDEX CONCURRENTLY order_items_order_idx ON public.order_items (order_id);
-- undo: DROP INDEX CONCURRENTLY public.order_items_order_idx;

-- step 2: build index order_items_product_idx
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE INDEX CONCURRENTLY order_items_product_idx ON public.order_items (product_id);
-- undo: DROP INDEX CONCURRENTLY public.order_items_product_idx;

-- step 3: add key order_items_order_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES public.orders (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_fk;

-- step 4: check every row against order_items_order_fk
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_order_fk;
COMMIT;

-- step 5: add key order_items_product_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_product_fk FOREIGN KEY (product_id) REFERENCES public.products (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_product_fk;

-- step 6: check every row against order_items_product_fk
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_product_fk;
COMMIT;
