-- step 1: drop index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
DROP INDEX CONCURRENTLY public.orders_placed_at_idx;

-- step 2: alter table public.orders ..., as written
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders DROP COLUMN placed_at;
COMMIT;

-- step 3: build index orders_status_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_status_idx ON public.orders (status);
-- undo: DROP INDEX CONCURRENTLY public.orders_status_idx;
