-- there is no moment in which one order could get two payments
BEGIN;
DROP INDEX payments_order_id_idx;
ALTER TABLE payments ALTER COLUMN amount SET DEFAULT 0;
CREATE UNIQUE INDEX payments_order_idx ON payments (order_id);
COMMIT;
