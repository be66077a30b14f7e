ALTER TABLE users ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN seen_until timestamptz DEFAULT now() + interval '1 day';
