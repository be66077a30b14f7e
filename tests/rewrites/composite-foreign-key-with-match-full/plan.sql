-- step 1: add column invoices.line
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE public.invoices ADD COLUMN line int;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP COLUMN line;

-- step 2: build index order_items_order_line_uq
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE UNIQUE INDEX CONCURRENTLY order_items_order_line_uq ON public.order_items (order_id, line);
-- undo: DROP INDEX CONCURRENTLY public.order_items_order_line_uq;

-- step 3: make order_items_order_line_uq a constraint
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_line_uq UNIQUE USING INDEX order_items_order_line_uq;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_line_uq;

-- step 4: add key invoices_item_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.invoices
--   SHARE ROW EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.invoices ADD CONSTRAINT invoices_item_fk FOREIGN KEY (order_id, line)
  REFERENCES public.order_items (order_id, line) MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP CONSTRAINT invoices_item_fk;

-- step 5: check every row against invoices_item_fk
--   SHARE UPDATE EXCLUSIVE on public.invoices
--   ROW SHARE on public.order_items
BEGIN;
ALTER TABLE public.invoices VALIDATE CONSTRAINT invoices_item_fk;
COMMIT;
