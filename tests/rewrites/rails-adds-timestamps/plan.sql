-- step 1: add columns products.created_at, products.updated_at
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD "created_at" timestamp(6) DEFAULT CURRENT_TIMESTAMP NOT NULL, ADD "updated_at" timestamp(6) DEFAULT CURRENT_TIMESTAMP NOT NULL;
COMMIT;
-- undo: ALTER TABLE public.products DROP COLUMN updated_at;
-- undo: ALTER TABLE public.products DROP COLUMN created_at;
