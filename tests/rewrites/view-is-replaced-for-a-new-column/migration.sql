BEGIN;
ALTER TABLE users ADD COLUMN locale text DEFAULT 'en';
DROP VIEW active_users;
CREATE VIEW active_users AS SELECT id, email, locale FROM users WHERE name IS NOT NULL;
GRANT SELECT ON active_users TO PUBLIC;
COMMIT;
