BEGIN;
ALTER TABLE orders DROP COLUMN coupon;
ALTER TABLE payments DROP CONSTRAINT payments_order_fk;
DROP TABLE IF EXISTS invoices;
DROP INDEX IF EXISTS products_name_idx;
COMMIT;
