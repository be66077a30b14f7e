-- step 1: create table coupons ..., as written
BEGIN;
CREATE TABLE coupons (code text PRIMARY KEY, user_id bigint);
COMMIT;
-- undo: DROP TABLE public.coupons;

-- step 2: build index coupons_user_idx
--   SHARE UPDATE EXCLUSIVE on public.coupons
CREATE INDEX CONCURRENTLY coupons_user_idx ON public.coupons (user_id);
-- undo: DROP INDEX CONCURRENTLY public.coupons_user_idx;
