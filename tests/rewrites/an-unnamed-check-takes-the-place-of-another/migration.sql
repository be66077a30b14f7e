BEGIN;
ALTER TABLE products DROP CONSTRAINT products_price_check, ADD CHECK (price >= 0);
COMMIT;
