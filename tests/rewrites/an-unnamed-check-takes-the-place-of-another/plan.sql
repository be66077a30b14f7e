-- step 1: add check releasegate_swap_9c85adf2eda8, for new rows
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD CONSTRAINT releasegate_swap_9c85adf2eda8 CHECK (price >= 0) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.products DROP CONSTRAINT releasegate_swap_9c85adf2eda8;

-- step 2: check every row against releasegate_swap_9c85adf2eda8
--   SHARE UPDATE EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products VALIDATE CONSTRAINT releasegate_swap_9c85adf2eda8;
COMMIT;

-- step 3: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products DROP CONSTRAINT products_price_check;
ALTER TABLE public.products RENAME CONSTRAINT releasegate_swap_9c85adf2eda8 TO products_price_check;
COMMIT;
