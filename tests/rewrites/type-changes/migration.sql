BEGIN;
ALTER TABLE orders ALTER COLUMN coupon TYPE varchar(40), ALTER COLUMN total TYPE bigint USING total::bigint;
COMMIT;
