-- step 1: add column orders.paid_at
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN paid_at timestamptz, ADD CONSTRAINT orders_check CHECK (paid_at >= placed_at) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_check;
-- undo: ALTER TABLE public.orders DROP COLUMN paid_at;

-- step 2: check every row against orders_check
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_check;
COMMIT;
