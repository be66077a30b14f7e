-- disable_ddl_transaction!
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS products_sku_idx ON products (sku);
ALTER TABLE products ADD CONSTRAINT products_sku_key UNIQUE USING INDEX products_sku_idx;
DROP INDEX CONCURRENTLY IF EXISTS orders_placed_at_idx;
