-- step 1: drop index products_name_idx
--   SHARE UPDATE EXCLUSIVE on public.products
DROP INDEX CONCURRENTLY public.products_name_idx;

-- step 2: drop index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
DROP INDEX CONCURRENTLY public.orders_placed_at_idx;
