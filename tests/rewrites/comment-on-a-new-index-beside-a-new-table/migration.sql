BEGIN;
CREATE TABLE regions (id int PRIMARY KEY);
CREATE INDEX orders_user_idx ON orders (user_id);
COMMENT ON INDEX orders_user_idx IS 'for the list of a user''s orders';
COMMENT ON TABLE regions IS 'where we sell';
COMMIT;
