-- step 1: add key payments_order_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders (id) ON DELETE RESTRICT NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT payments_order_id_fkey;

-- step 2: check every row against payments_order_id_fkey
--   ROW SHARE on public.orders
--   SHARE UPDATE EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments VALIDATE CONSTRAINT payments_order_id_fkey;
COMMIT;

-- step 3: alter table public.payments ..., as written
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments DROP CONSTRAINT IF EXISTS payments_order_fk;
COMMIT;
