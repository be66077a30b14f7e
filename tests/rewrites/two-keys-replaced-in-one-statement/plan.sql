-- step 1: add check invoices_number_check, for new rows
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE public.invoices ADD CONSTRAINT invoices_number_check CHECK (number <> '') NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP CONSTRAINT invoices_number_check;

-- step 2: check every row against invoices_number_check
--   SHARE UPDATE EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE public.invoices VALIDATE CONSTRAINT invoices_number_check;
COMMIT;

-- step 3: add key releasegate_swap_bcfb1414bdd7, for new rows
--   SHARE ROW EXCLUSIVE on public.invoices
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.invoices ADD CONSTRAINT releasegate_swap_bcfb1414bdd7 FOREIGN KEY (order_id) REFERENCES public.orders (id) ON DELETE CASCADE NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP CONSTRAINT releasegate_swap_bcfb1414bdd7;

-- step 4: check every row against releasegate_swap_bcfb1414bdd7
--   SHARE UPDATE EXCLUSIVE on public.invoices
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE public.invoices VALIDATE CONSTRAINT releasegate_swap_bcfb1414bdd7;
COMMIT;

-- step 5: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.invoices
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.invoices DROP CONSTRAINT invoices_order_fk;
ALTER TABLE public.invoices RENAME CONSTRAINT releasegate_swap_bcfb1414bdd7 TO invoices_order_fk;
COMMIT;
