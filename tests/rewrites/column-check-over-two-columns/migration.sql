-- PostgreSQL names it after the table alone
ALTER TABLE orders ADD COLUMN paid_at timestamptz CHECK (paid_at >= placed_at);
