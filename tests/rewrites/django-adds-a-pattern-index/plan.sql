-- step 1: build index orders_coupon_8a7c_like
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_coupon_8a7c_like ON public.orders ("coupon" varchar_pattern_ops);
-- undo: DROP INDEX CONCURRENTLY public.orders_coupon_8a7c_like;
