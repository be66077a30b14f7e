BEGIN;
ALTER TABLE payments DROP CONSTRAINT IF EXISTS payments_order_fk;
ALTER TABLE payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT;
COMMIT;
