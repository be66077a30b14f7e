-- step 1: add column users.code
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN code text;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN code;

-- step 2: add check users_code_check, for new rows
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_code_check CHECK (code <> '') NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_code_check;

-- step 3: check every row against users_code_check
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_code_check;
COMMIT;

-- step 4: comment on column ..., as written
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
COMMENT ON COLUMN users.code IS 'as printed on the card';
COMMIT;

-- step 5: comment on constraint ..., as written
--   ACCESS SHARE on public.users
BEGIN;
COMMENT ON CONSTRAINT users_code_check ON users IS 'never empty';
COMMIT;
