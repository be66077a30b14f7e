-- step 1: add column events.order_id
--   ACCESS EXCLUSIVE on audit.events
BEGIN;
ALTER TABLE audit.events ADD COLUMN order_id bigint;
COMMIT;
-- undo: ALTER TABLE audit.events DROP COLUMN order_id;

-- step 2: build index events_kind_idx
--   SHARE UPDATE EXCLUSIVE on audit.events
CREATE INDEX CONCURRENTLY events_kind_idx ON audit.events (kind);
-- undo: DROP INDEX CONCURRENTLY audit.events_kind_idx;

-- step 3: add key events_order_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on audit.events
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE audit.events ADD CONSTRAINT events_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders NOT VALID;
COMMIT;
-- undo: ALTER TABLE audit.events DROP CONSTRAINT events_order_id_fkey;

-- step 4: check every row against events_order_id_fkey
--   SHARE UPDATE EXCLUSIVE on audit.events
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE audit.events VALIDATE CONSTRAINT events_order_id_fkey;
COMMIT;

-- step 5: add key events_actor_fk, for new rows
--   SHARE ROW EXCLUSIVE on audit.events
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE audit.events ADD CONSTRAINT events_actor_fk FOREIGN KEY (actor_id) REFERENCES public.users NOT VALID;
COMMIT;
-- undo: ALTER TABLE audit.events DROP CONSTRAINT events_actor_fk;

-- step 6: check every row against events_actor_fk
--   SHARE UPDATE EXCLUSIVE on audit.events
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE audit.events VALIDATE CONSTRAINT events_actor_fk;
COMMIT;

-- step 7: drop index orders_placed_at_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
DROP INDEX CONCURRENTLY public.orders_placed_at_idx;

-- step 8: comment on column ..., as written
--   SHARE UPDATE EXCLUSIVE on audit.events
BEGIN;
COMMENT ON COLUMN audit.events.kind IS 'what happened';
COMMIT;
