BEGIN;
DROP INDEX payments_order_id_idx;
CREATE UNIQUE INDEX payments_order_id_amount_idx ON payments (order_id, amount);
COMMIT;
