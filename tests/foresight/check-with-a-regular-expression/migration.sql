BEGIN;
ALTER TABLE plans ADD CHECK (env_hash ~ '^env[0-9]+$');
COMMIT;
