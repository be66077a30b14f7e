-- step 1: build index payments_id_order_id_amount_key
--   SHARE UPDATE EXCLUSIVE on public.payments
CREATE UNIQUE INDEX CONCURRENTLY payments_id_order_id_amount_key ON public.payments (id, order_id) INCLUDE (amount);
-- undo: DROP INDEX CONCURRENTLY public.payments_id_order_id_amount_key;

-- step 2: make payments_id_order_id_amount_key a constraint
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT payments_id_order_id_amount_key UNIQUE USING INDEX payments_id_order_id_amount_key;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT payments_id_order_id_amount_key;

-- step 3: add key users_manager_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES public.users NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_manager_id_fkey;

-- step 4: check every row against users_manager_id_fkey
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_manager_id_fkey;
COMMIT;

-- step 5: add key invoices_id_order_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.invoices
--   SHARE ROW EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.invoices ADD CONSTRAINT invoices_id_order_id_fkey FOREIGN KEY (id, order_id) REFERENCES public.payments (id, order_id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.invoices DROP CONSTRAINT invoices_id_order_id_fkey;

-- step 6: check every row against invoices_id_order_id_fkey
--   SHARE UPDATE EXCLUSIVE on public.invoices
--   ROW SHARE on public.payments
BEGIN;
ALTER TABLE public.invoices VALIDATE CONSTRAINT invoices_id_order_id_fkey;
COMMIT;
