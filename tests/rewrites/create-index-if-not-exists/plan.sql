-- step 1: build index orders_user_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_user_idx ON public.orders (user_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_user_idx;

-- step 2: build index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_placed_at_idx ON public.orders (placed_at);
-- undo: DROP INDEX CONCURRENTLY public.orders_placed_at_idx;
