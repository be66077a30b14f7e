BEGIN;
DROP TRIGGER orders_touch ON orders;
CREATE UNIQUE INDEX order_items_product_idx ON payments (id, order_id);
ALTER TABLE payments REPLICA IDENTITY USING INDEX order_items_product_idx;
COMMIT;
