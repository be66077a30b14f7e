-- step 1: add columns users.prefs, users.roles, users.ratio
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN prefs jsonb NOT NULL DEFAULT '{"a": [1, 2], "b": ");--"}'::jsonb, ADD COLUMN roles text[] NOT NULL DEFAULT ARRAY[]::text[], ADD COLUMN ratio numeric(4, 2) DEFAULT (1 + 0.5) * 2;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN ratio;
-- undo: ALTER TABLE public.users DROP COLUMN roles;
-- undo: ALTER TABLE public.users DROP COLUMN prefs;
