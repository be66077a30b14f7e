-- step 1: add column invoices.note
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE public.invoices ADD COLUMN note text;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP COLUMN note;

-- step 2: alter table invoices ..., as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE invoices RENAME COLUMN note TO remark;
COMMIT;

-- step 3: build index invoices_remark_idx
--   SHARE UPDATE EXCLUSIVE on public.invoices
CREATE INDEX CONCURRENTLY invoices_remark_idx ON public.invoices (remark);
-- undo: DROP INDEX CONCURRENTLY public.invoices_remark_idx;
