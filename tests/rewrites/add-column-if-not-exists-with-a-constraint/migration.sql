-- where the column is there, the file adds no constraint either
BEGIN;
ALTER TABLE users ADD COLUMN IF NOT EXISTS name text CHECK (name <> '');
COMMIT;
