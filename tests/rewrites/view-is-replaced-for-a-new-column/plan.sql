-- step 1: add column users.locale
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN locale text DEFAULT 'en';
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN locale;

-- step 2: 3 statements together, as written
--   ACCESS EXCLUSIVE on public.active_users
BEGIN;
DROP VIEW active_users;
CREATE VIEW active_users AS SELECT id, email, locale FROM users WHERE name IS NOT NULL;
GRANT SELECT ON active_users TO PUBLIC;
COMMIT;
