CREATE TABLE coupons (code text PRIMARY KEY, user_id bigint);
CREATE INDEX CONCURRENTLY coupons_user_idx ON coupons (user_id);
