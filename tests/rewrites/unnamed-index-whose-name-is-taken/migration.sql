CREATE INDEX ON orders (placed_at);
