BEGIN;
CREATE TABLE countries (code char(2) PRIMARY KEY, seen_at timestamptz);
INSERT INTO countries SELECT DISTINCT country, now() FROM users;
COMMIT;
