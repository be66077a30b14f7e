BEGIN;
CREATE INDEX plans_number ON plans ((env_hash::int));
COMMIT;
