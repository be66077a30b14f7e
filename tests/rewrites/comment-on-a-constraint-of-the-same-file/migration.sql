BEGIN;
ALTER TABLE users ADD COLUMN code text;
ALTER TABLE users ADD CONSTRAINT users_code_check CHECK (code <> '');
COMMENT ON CONSTRAINT users_code_check ON users IS 'never empty';
COMMENT ON COLUMN users.code IS 'as printed on the card';
COMMIT;
