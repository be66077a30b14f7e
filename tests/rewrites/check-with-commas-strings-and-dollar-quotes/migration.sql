ALTER TABLE orders ADD CONSTRAINT orders_coupon_check CHECK (coupon IN ('a,b', 'c)d', $q$e,(f$q$, E'g\'h')), ADD CONSTRAINT orders_total_check CHECK ((total, 0) >= (0, 0));
