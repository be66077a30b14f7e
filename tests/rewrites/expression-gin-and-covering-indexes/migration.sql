BEGIN;
CREATE UNIQUE INDEX users_email_lower_idx ON users (lower(email) text_pattern_ops);
CREATE INDEX users_settings_idx ON users USING gin (settings jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX products_name_covering_idx ON ONLY products (name COLLATE "C") INCLUDE (price);
CREATE INDEX products_tags_idx ON products USING GIN (tags);
COMMIT;
