BEGIN;
ALTER TABLE audit.events ADD COLUMN order_id bigint REFERENCES public.orders, ADD CONSTRAINT events_actor_fk FOREIGN KEY (actor_id) REFERENCES users;
CREATE INDEX events_kind_idx ON audit.events (kind);
DROP INDEX orders_placed_at_idx;
COMMENT ON COLUMN audit.events.kind IS 'what happened';
COMMIT;
