-- step 1: add check order_items_price_check, unproven as written
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_price_check CHECK (price >= 0) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_price_check;

-- step 2: add key order_items_order_fk, unproven as written
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES public.orders (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_fk;

-- step 3: check every row against order_items_order_fk
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_order_fk;
COMMIT;

-- step 4: check every row against order_items_price_check
--   SHARE UPDATE EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_price_check;
COMMIT;
