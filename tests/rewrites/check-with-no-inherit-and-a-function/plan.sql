-- step 1: create function is_sku(text) ..., as written
BEGIN;
CREATE FUNCTION is_sku(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 ~ '^[A-Z]+$' $$;
COMMIT;

-- step 2: add check products_sku_check, for new rows
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT products_sku_check CHECK (is_sku(sku)) NO INHERIT NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT products_sku_check;

-- step 3: check every row against products_sku_check
--   SHARE UPDATE EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products VALIDATE CONSTRAINT products_sku_check;
COMMIT;
