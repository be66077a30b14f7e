BEGIN;
ALTER TABLE plans ADD CONSTRAINT plans_env_hash_key UNIQUE (env_hash);
COMMIT;
