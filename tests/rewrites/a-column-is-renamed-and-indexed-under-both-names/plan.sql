-- step 1: build index invoices_number_old_idx
--   SHARE UPDATE EXCLUSIVE on public.invoices
CREATE INDEX CONCURRENTLY invoices_number_old_idx ON public.invoices (number);
-- undo: DROP INDEX CONCURRENTLY public.invoices_number_old_idx;

-- step 2: alter table invoices ..., as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE invoices RENAME COLUMN number TO label;
COMMIT;

-- step 3: build index invoices_label_idx
--   SHARE UPDATE EXCLUSIVE on public.invoices
CREATE INDEX CONCURRENTLY invoices_label_idx ON public.invoices (label);
-- undo: DROP INDEX CONCURRENTLY public.invoices_label_idx;
