-- the index comes before the key although the file says otherwise
BEGIN;
ALTER TABLE audit.events
  ADD COLUMN order_id bigint,
  ADD COLUMN IF NOT EXISTS source text DEFAULT 'app',
  ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON UPDATE CASCADE ON DELETE SET DEFAULT;
CREATE INDEX ON audit.events (order_id, kind DESC) WHERE order_id IS NOT NULL;
COMMIT;
