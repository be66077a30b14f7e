BEGIN;
CREATE UNIQUE INDEX order_items_idx ON order_items (order_id, line);
ALTER TABLE order_items ADD CONSTRAINT order_items_pk PRIMARY KEY USING INDEX order_items_idx;
COMMIT;
