-- step 1: let order_items.line take no NULL any more
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT releasegate_nn_7cd0a5f22ab4 CHECK (line IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT releasegate_nn_7cd0a5f22ab4;

-- step 2: check that no row has NULL in order_items.line
--   SHARE UPDATE EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT releasegate_nn_7cd0a5f22ab4;
COMMIT;

-- step 3: make order_items.line NOT NULL
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ALTER COLUMN line SET NOT NULL;
ALTER TABLE public.order_items DROP CONSTRAINT releasegate_nn_7cd0a5f22ab4;
COMMIT;
-- undo: ALTER TABLE public.order_items ALTER COLUMN line DROP NOT NULL;

-- step 4: build index order_items_idx
--   SHARE UPDATE EXCLUSIVE on public.order_items
CREATE UNIQUE INDEX CONCURRENTLY order_items_idx ON public.order_items (order_id, line);
-- undo: DROP INDEX CONCURRENTLY public.order_items_idx;

-- step 5: make order_items_pk a constraint
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_pk PRIMARY KEY USING INDEX order_items_idx;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_pk;
