-- step 1: add check orders_coupon_check, for new rows
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_coupon_check CHECK (coupon IN ('a,b', 'c)d', $q$e,(f$q$, E'g\'h')) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_coupon_check;

-- step 2: check every row against orders_coupon_check
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_coupon_check;
COMMIT;

-- step 3: add check orders_total_check, for new rows
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_total_check CHECK ((total, 0) >= (0, 0)) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_total_check;

-- step 4: check every row against orders_total_check
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_check;
COMMIT;
