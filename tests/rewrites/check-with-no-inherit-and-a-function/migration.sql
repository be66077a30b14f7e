BEGIN;
CREATE FUNCTION is_sku(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 ~ '^[A-Z]+$' $$;
ALTER TABLE products ADD CONSTRAINT products_sku_check CHECK (is_sku(sku)) NO INHERIT;
COMMIT;
