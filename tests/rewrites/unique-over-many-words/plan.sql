-- step 1: build index unique (a, b)
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE UNIQUE INDEX CONCURRENTLY "unique (a, b)" ON public.orders (user_id, coupon) WITH ( FILLFACTOR = 80 , deduplicate_items = off );
-- undo: DROP INDEX CONCURRENTLY public."unique (a, b)";

-- step 2: make unique (a, b) a constraint
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT "unique (a, b)" UNIQUE USING INDEX "unique (a, b)" DEFERRABLE;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT "unique (a, b)";
