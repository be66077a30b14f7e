ALTER TABLE IF EXISTS users ADD COLUMN nickname text;
