-- the column waits for its default, so its check, index and key wait for both
BEGIN;
ALTER TABLE orders ADD COLUMN agent_id bigint REFERENCES users CHECK (agent_id > 0);
CREATE INDEX orders_agent_idx ON orders (agent_id);
ALTER TABLE orders ALTER COLUMN agent_id SET DEFAULT 1;
COMMIT;
