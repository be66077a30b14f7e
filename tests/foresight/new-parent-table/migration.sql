BEGIN;
CREATE TABLE states (name text PRIMARY KEY);
ALTER TABLE runs ADD CONSTRAINT runs_state FOREIGN KEY (status) REFERENCES states (name);
COMMIT;
