BEGIN;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE order_items ADD CHECK (quantity > 0);
ALTER TABLE order_items ADD CHECK (quantity < 1000 OR price < 10);
ALTER TABLE order_items ADD UNIQUE (order_id, line);
COMMIT;
