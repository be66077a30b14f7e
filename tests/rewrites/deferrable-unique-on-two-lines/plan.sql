-- step 1: build index order_items_line_uq
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE UNIQUE INDEX CONCURRENTLY order_items_line_uq ON public.order_items (order_id, line);
-- undo: DROP INDEX CONCURRENTLY public.order_items_line_uq;

-- step 2: make order_items_line_uq a constraint
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_line_uq UNIQUE USING INDEX order_items_line_uq DEFERRABLE INITIALLY DEFERRED;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_line_uq;
