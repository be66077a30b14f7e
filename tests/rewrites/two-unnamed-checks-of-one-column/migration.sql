BEGIN;
ALTER TABLE order_items ADD CHECK (quantity > 0), ADD CHECK (quantity < 1000);
COMMIT;
