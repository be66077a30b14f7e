BEGIN;
ALTER TABLE order_items ALTER COLUMN line SET NOT NULL, ADD CONSTRAINT order_items_pk PRIMARY KEY (order_id, line);
COMMIT;
