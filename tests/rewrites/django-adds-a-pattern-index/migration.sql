BEGIN;
CREATE INDEX "orders_coupon_8a7c_like" ON "orders" ("coupon" varchar_pattern_ops);
COMMIT;
