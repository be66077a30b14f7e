BEGIN;
DROP INDEX orders_placed_at_idx;
ALTER TABLE orders DROP COLUMN placed_at;
CREATE INDEX orders_status_idx ON orders (status);
COMMIT;
