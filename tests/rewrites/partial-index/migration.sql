CREATE INDEX orders_open_idx ON orders (placed_at DESC NULLS LAST) WHERE status <> 'shipped' AND total > 0;
