BEGIN;
ALTER TABLE payments DROP CONSTRAINT payments_order_fk, DROP COLUMN order_id;
COMMIT;
