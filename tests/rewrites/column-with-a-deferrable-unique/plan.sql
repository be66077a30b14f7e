-- step 1: add column products.rank
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD COLUMN rank int;
COMMIT;
-- undo: ALTER TABLE public.products DROP COLUMN rank;

-- step 2: build index products_rank_key
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY products_rank_key ON public.products (rank);
-- undo: DROP INDEX CONCURRENTLY public.products_rank_key;

-- step 3: make products_rank_key a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_rank_key UNIQUE USING INDEX products_rank_key DEFERRABLE INITIALLY DEFERRED;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_rank_key;
