-- step 1: build index order_items_order_id_line_key
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE UNIQUE INDEX CONCURRENTLY order_items_order_id_line_key ON public.order_items (order_id, line);
-- undo: DROP INDEX CONCURRENTLY public.order_items_order_id_line_key;

-- step 2: make order_items_order_id_line_key a constraint
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_id_line_key UNIQUE USING INDEX order_items_order_id_line_key;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_id_line_key;

-- step 3: add check order_items_quantity_check, for new rows
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_quantity_check CHECK (quantity > 0) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_quantity_check;

-- step 4: check every row against order_items_quantity_check
--   SHARE UPDATE EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_quantity_check;
COMMIT;

-- step 5: add check order_items_check, for new rows
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_check CHECK (quantity < 1000 OR price < 10) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_check;

-- step 6: check every row against order_items_check
--   SHARE UPDATE EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_check;
COMMIT;

-- step 7: add key order_items_product_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_product_id_fkey;

-- step 8: check every row against order_items_product_id_fkey
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.products
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_product_id_fkey;
COMMIT;
