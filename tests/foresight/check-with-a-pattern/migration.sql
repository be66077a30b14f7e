BEGIN;
ALTER TABLE plans ADD CONSTRAINT plans_env CHECK (env_hash LIKE 'env%');
COMMIT;
