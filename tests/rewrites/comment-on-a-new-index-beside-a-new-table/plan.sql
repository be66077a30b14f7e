-- step 1: 2 statements together, as written
BEGIN;
CREATE TABLE regions (id int PRIMARY KEY);
COMMENT ON TABLE regions IS 'where we sell';
COMMIT;
-- undo: DROP TABLE public.regions;

-- step 2: build index orders_user_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_user_idx ON public.orders (user_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_user_idx;

-- step 3: comment on index ..., as written
BEGIN;
COMMENT ON INDEX orders_user_idx IS 'for the list of a user''s orders';
COMMIT;
