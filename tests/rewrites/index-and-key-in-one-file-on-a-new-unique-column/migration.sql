BEGIN;
ALTER TABLE products ADD CONSTRAINT products_sku_key UNIQUE (sku);
ALTER TABLE order_items ADD COLUMN sku text, ADD FOREIGN KEY (sku) REFERENCES products (sku) ON UPDATE CASCADE;
CREATE INDEX ON order_items (sku);
COMMIT;
