BEGIN;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE users ADD COLUMN mood mood NOT NULL DEFAULT 'ok'::mood;
COMMIT;
