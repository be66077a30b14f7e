BEGIN;
ALTER TABLE users
  ADD COLUMN motto text DEFAULT 'a
b';
CREATE INDEX users_motto_idx
  ON users (motto);
COMMIT;
