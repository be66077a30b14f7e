-- step 1: build index users_email_lower_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE UNIQUE INDEX CONCURRENTLY users_email_lower_idx ON public.users (lower(email) text_pattern_ops);
-- undo: DROP INDEX CONCURRENTLY public.users_email_lower_idx;

-- step 2: build index users_settings_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_settings_idx ON public.users USING gin (settings jsonb_path_ops) WITH (fastupdate = off);
-- undo: DROP INDEX CONCURRENTLY public.users_settings_idx;

-- step 3: build index products_name_covering_idx
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE INDEX CONCURRENTLY products_name_covering_idx ON ONLY public.products (name COLLATE "C") INCLUDE (price);
-- undo: DROP INDEX CONCURRENTLY public.products_name_covering_idx;

-- step 4: build index products_tags_idx
--   SHARE UPDATE EXCLUSIVE on public.products
CREATE INDEX CONCURRENTLY products_tags_idx ON public.products USING GIN (tags);
-- undo: DROP INDEX CONCURRENTLY public.products_tags_idx;
