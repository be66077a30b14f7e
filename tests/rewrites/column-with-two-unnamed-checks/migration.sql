-- PostgreSQL numbers the second name
BEGIN;
ALTER TABLE users ADD COLUMN level int CHECK (level > 0) CHECK (level < 10);
COMMIT;
