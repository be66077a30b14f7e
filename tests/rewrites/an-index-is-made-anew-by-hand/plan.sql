-- step 1: drop index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
DROP INDEX CONCURRENTLY public.orders_placed_at_idx;

-- step 2: build index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_placed_at_idx ON public.orders (placed_at, status);
-- undo: DROP INDEX CONCURRENTLY public.orders_placed_at_idx;
