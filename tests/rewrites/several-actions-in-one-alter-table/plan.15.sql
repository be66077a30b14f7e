-- step 1: add columns orders.note, orders.priority
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN note text, ADD COLUMN priority int NOT NULL DEFAULT 0;
COMMIT;
-- undo: ALTER TABLE public.orders DROP COLUMN priority;
-- undo: ALTER TABLE public.orders DROP COLUMN note;

-- step 2: let orders.placed_at take no NULL any more
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT releasegate_nn_872b2bf7e3fb CHECK (placed_at IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT releasegate_nn_872b2bf7e3fb;

-- step 3: check that no row has NULL in orders.placed_at
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT releasegate_nn_872b2bf7e3fb;
COMMIT;

-- step 4: make orders.placed_at NOT NULL
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ALTER COLUMN placed_at SET NOT NULL;
ALTER TABLE public.orders DROP CONSTRAINT releasegate_nn_872b2bf7e3fb;
COMMIT;
-- undo: ALTER TABLE public.orders ALTER COLUMN placed_at DROP NOT NULL;

-- step 5: add check orders_total_positive, for new rows
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_total_positive;

-- step 6: check every row against orders_total_positive
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_positive;
COMMIT;

-- step 7: add key orders_user_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE RESTRICT NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_user_fk;

-- step 8: check every row against orders_user_fk
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_user_fk;
COMMIT;
