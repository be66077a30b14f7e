BEGIN;
CREATE TABLE regions (id int PRIMARY KEY, name text NOT NULL);
ALTER TABLE users ADD COLUMN region_id int REFERENCES regions (id);
CREATE INDEX users_region_idx ON users (region_id);
COMMIT;
