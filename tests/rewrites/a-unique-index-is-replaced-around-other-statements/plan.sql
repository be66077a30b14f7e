-- step 1: alter table public.payments ..., as written
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ALTER COLUMN amount SET DEFAULT 0;
COMMIT;

-- step 2: build index payments_order_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
CREATE UNIQUE INDEX CONCURRENTLY payments_order_idx ON public.payments (order_id);
-- undo: DROP INDEX CONCURRENTLY public.payments_order_idx;

-- step 3: drop index payments_order_id_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
DROP INDEX CONCURRENTLY public.payments_order_id_idx;
