ALTER TABLE orders ADD CONSTRAINT one_order_at_a_time EXCLUDE USING btree (placed_at WITH =);
