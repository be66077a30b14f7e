BEGIN;
ALTER TABLE order_items ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE order_items ADD CONSTRAINT order_items_price_check CHECK (price >= 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE order_items VALIDATE CONSTRAINT order_items_order_fk, VALIDATE CONSTRAINT order_items_price_check;
COMMIT;
