-- step 1: alter table invoices ..., as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE invoices RENAME COLUMN number TO invoice_number;
COMMIT;

-- step 2: build index invoices_number_idx
--   SHARE UPDATE EXCLUSIVE on public.invoices
CREATE INDEX CONCURRENTLY invoices_number_idx ON public.invoices (invoice_number);
-- undo: DROP INDEX CONCURRENTLY public.invoices_number_idx;
