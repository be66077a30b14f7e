-- step 1: add column products.code
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD COLUMN code text;
COMMIT;
-- undo: ALTER TABLE public.products DROP COLUMN code;

-- step 2: build index products_code_key
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE UNIQUE INDEX CONCURRENTLY products_code_key ON public.products (code) NULLS NOT DISTINCT;
-- undo: DROP INDEX CONCURRENTLY public.products_code_key;

-- step 3: make products_code_key a constraint
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_code_key UNIQUE USING INDEX products_code_key;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_code_key;
