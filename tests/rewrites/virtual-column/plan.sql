-- step 1: add column orders.gross
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.19) VIRTUAL;
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN gross;
