-- step 1: build index orders_coupon_uq
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE UNIQUE INDEX CONCURRENTLY orders_coupon_uq ON public.orders (coupon, user_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_coupon_uq;

-- step 2: make orders_coupon_uq a constraint
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_coupon_uq UNIQUE USING INDEX orders_coupon_uq;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_coupon_uq;

-- step 3: add key orders_user_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_user_fk /* ; */ FOREIGN KEY (user_id)
    REFERENCES /* public. */ public.users -- (email)
    (id) ON DELETE /* CASCADE */ RESTRICT NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_user_fk;

-- step 4: check every row against orders_user_fk
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_user_fk;
COMMIT;
