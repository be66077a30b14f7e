BEGIN;
ALTER TABLE invoices RENAME TO bills;
ALTER TABLE bills ADD COLUMN user_id bigint;
ALTER TABLE bills ADD CONSTRAINT bills_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
COMMIT;
