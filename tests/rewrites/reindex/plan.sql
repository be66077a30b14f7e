-- step 1: rebuild products_name_idx
--   SHARE UPDATE EXCLUSIVE on public.products
REINDEX INDEX CONCURRENTLY public.products_name_idx;

-- step 2: rebuild orders
--   SHARE UPDATE EXCLUSIVE on public.orders
REINDEX TABLE CONCURRENTLY public.orders;
