ALTER TABLE orders
  ADD CONSTRAINT "unique (a, b)" UNIQUE ("user_id", coupon) WITH (FILLFACTOR=80, deduplicate_items = off) DEFERRABLE;
