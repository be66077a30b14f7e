DO $$
BEGIN
  ALTER TABLE users ADD COLUMN nickname text;
EXCEPTION WHEN duplicate_column THEN NULL;
END
$$;
