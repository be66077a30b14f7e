-- rows that exist keep NULL; new ones get the default
BEGIN;
ALTER TABLE users ADD COLUMN plan text;
ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';
COMMIT;
