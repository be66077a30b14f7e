BEGIN;
ALTER TABLE plans ALTER COLUMN env_hash TYPE int USING env_hash::int;
COMMIT;
