ALTER TABLE users ADD COLUMN seen_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc');
