-- step 1: 2 statements together, as written
BEGIN;
CREATE TABLE orders_archive (LIKE orders INCLUDING ALL);
CREATE TABLE IF NOT EXISTS products (id bigint PRIMARY KEY);
COMMIT;
-- undo: DROP TABLE public.products;
-- undo: DROP TABLE public.orders_archive;
