-- step 1: 4 statements together, as written
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
GRANT SELECT, INSERT ON orders TO PUBLIC;
REVOKE ALL ON audit.events FROM PUBLIC;
COMMENT ON TABLE orders IS 'One row an order';
COMMENT ON COLUMN orders.total IS 'with VAT';
COMMIT;
