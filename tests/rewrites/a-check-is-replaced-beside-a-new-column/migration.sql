BEGIN;
ALTER TABLE products
  ADD COLUMN discount numeric NOT NULL DEFAULT 0,
  DROP CONSTRAINT products_price_check,
  ADD CONSTRAINT products_price_check CHECK (price > discount);
COMMIT;
