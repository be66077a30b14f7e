BEGIN;
ALTER TABLE products ADD CONSTRAINT products_sku_key UNIQUE NULLS NOT DISTINCT (sku) INCLUDE (name, price) WITH (fillfactor = 70);
COMMIT;
