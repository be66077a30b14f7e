-- change_column_null before change_column_default: an insert without the column must go on working
BEGIN;
ALTER TABLE "users" ALTER COLUMN "age" SET NOT NULL;
ALTER TABLE "users" ALTER COLUMN "age" SET DEFAULT 0;
COMMIT;
