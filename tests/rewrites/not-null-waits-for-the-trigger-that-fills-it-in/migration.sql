-- demanded before the trigger is there, every insert without a name would fail in between
BEGIN;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
CREATE FUNCTION fill_name() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.name := coalesce(NEW.name, NEW.email); RETURN NEW; END';
CREATE TRIGGER users_name BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fill_name();
COMMIT;
