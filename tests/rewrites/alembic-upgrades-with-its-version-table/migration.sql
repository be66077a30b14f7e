BEGIN;

-- Running upgrade 1a2b -> 3c4d

ALTER TABLE users ADD COLUMN nickname VARCHAR(64);

CREATE UNIQUE INDEX ix_users_nickname ON users (nickname);

UPDATE alembic_version SET version_num='3c4d' WHERE alembic_version.version_num = '1a2b';

COMMIT;
