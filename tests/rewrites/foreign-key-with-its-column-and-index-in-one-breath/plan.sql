-- step 1: add columns events.order_id, events.source
--   ACCESS EXCLUSIVE on audit.events
BEGIN;
ALTER TABLE audit.events ADD COLUMN order_id bigint, ADD COLUMN IF NOT EXISTS source text DEFAULT 'app';
COMMIT;
-- undo: ALTER TABLE audit.events DROP COLUMN source;
-- undo: ALTER TABLE audit.events DROP COLUMN order_id;

-- step 2: build index events_order_id_kind_idx
--   SHARE UPDATE EXCLUSIVE on audit.events
CREATE INDEX CONCURRENTLY events_order_id_kind_idx ON audit.events (order_id, kind DESC) WHERE order_id IS NOT NULL;
-- undo: DROP INDEX CONCURRENTLY audit.events_order_id_kind_idx;

-- step 3: add key events_order_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on audit.events
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE audit.events ADD CONSTRAINT events_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders (id) ON UPDATE CASCADE ON DELETE SET DEFAULT NOT VALID;
COMMIT;
-- undo: ALTER TABLE audit.events DROP CONSTRAINT events_order_id_fkey;

-- step 4: check every row against events_order_id_fkey
--   SHARE UPDATE EXCLUSIVE on audit.events
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE audit.events VALIDATE CONSTRAINT events_order_id_fkey;
COMMIT;
