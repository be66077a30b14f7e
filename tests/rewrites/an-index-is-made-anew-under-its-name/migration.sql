BEGIN;
DROP INDEX orders_placed_at_idx;
CREATE INDEX orders_placed_at_idx ON orders (placed_at, status);
COMMIT;
