BEGIN;
ALTER TABLE order_items ADD CONSTRAINT order_items_order_line_uq UNIQUE (order_id, line);
ALTER TABLE invoices ADD COLUMN line int;
ALTER TABLE invoices ADD CONSTRAINT invoices_item_fk FOREIGN KEY (order_id, line)
  REFERENCES order_items (order_id, line) MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE;
COMMIT;
