CREATE OR REPLACE VIEW active_users AS SELECT id, email, country FROM users WHERE name IS NOT NULL;
