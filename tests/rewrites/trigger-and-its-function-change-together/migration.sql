BEGIN;
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.updated_at := clock_timestamp(); -- semicolons; and 'quotes'
  RETURN NEW;
END
$body$;
DROP TRIGGER orders_touch ON orders;
CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
COMMIT;
