-- step 1: let order_items.line take no NULL any more
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_line_not_null NOT NULL line NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_line_not_null;

-- step 2: check that no row has NULL in order_items.line
--   SHARE UPDATE EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_line_not_null;
COMMIT;

-- step 3: build index order_items_idx
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE UNIQUE INDEX CONCURRENTLY order_items_idx ON public.order_items (order_id, line);
-- undo: DROP INDEX CONCURRENTLY public.order_items_idx;

-- step 4: make order_items_pk a constraint
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_pk PRIMARY KEY USING INDEX order_items_idx;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_pk;
