BEGIN;
ALTER TABLE payments ADD CONSTRAINT payments_order_id_key UNIQUE (order_id);
DROP INDEX payments_order_id_idx;
COMMIT;
