-- step 1: add column users.seen_at
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN seen_at timestamptz DEFAULT now();
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN seen_at;

-- step 2: add column orders.seen_at
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN seen_at timestamptz DEFAULT now();
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN seen_at;
