BEGIN;
ALTER TABLE orders ADD COLUMN product_id bigint;
COMMIT;
CREATE INDEX CONCURRENTLY orders_product_idx ON orders (product_id);
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_product_fk FOREIGN KEY (product_id) REFERENCES products (id) NOT VALID;
COMMIT;
ALTER TABLE orders VALIDATE CONSTRAINT orders_product_fk;
