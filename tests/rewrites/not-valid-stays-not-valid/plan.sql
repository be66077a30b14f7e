-- step 1: add key order_items_order_fk, unproven as written
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE ONLY public.order_items ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES public.orders(id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_fk;
