-- each statement commits by itself, in this order: the name is free again when it is taken
DROP INDEX CONCURRENTLY orders_placed_at_idx;
CREATE INDEX CONCURRENTLY orders_placed_at_idx ON orders (placed_at, status);
