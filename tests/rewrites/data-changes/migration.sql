BEGIN;
INSERT INTO products (id, name) VALUES (1, 'Chair');
UPDATE users SET name = email WHERE name IS NULL;
DELETE FROM orders WHERE total = 0;
COMMIT;
