DROP INDEX public.products_name_idx, orders_placed_at_idx;
