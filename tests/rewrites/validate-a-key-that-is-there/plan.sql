-- step 1: check every row against invoices_order_fk
--   SHARE UPDATE EXCLUSIVE on public.invoices
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE public.invoices VALIDATE CONSTRAINT invoices_order_fk;
COMMIT;
