-- step 1: add column products.discount
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD COLUMN discount numeric NOT NULL DEFAULT 0;
COMMIT;
-- undo: ALTER TABLE public.products DROP COLUMN discount;

-- step 2: add check releasegate_swap_9c85adf2eda8, for new rows
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT releasegate_swap_9c85adf2eda8 CHECK (price > discount) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT releasegate_swap_9c85adf2eda8;

-- step 3: check every row against releasegate_swap_9c85adf2eda8
--   SHARE UPDATE EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products VALIDATE CONSTRAINT releasegate_swap_9c85adf2eda8;
COMMIT;

-- step 4: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products DROP CONSTRAINT products_price_check;
ALTER TABLE public.products RENAME CONSTRAINT releasegate_swap_9c85adf2eda8 TO products_price_check;
COMMIT;
