BEGIN;
DROP INDEX payments_order_id_idx;
ALTER TABLE payments ADD CONSTRAINT payments_order_id_idx UNIQUE (order_id);
COMMIT;
