BEGIN;
ALTER TABLE users ADD FOREIGN KEY (manager_id) REFERENCES users;
ALTER TABLE payments ADD UNIQUE (id, order_id) INCLUDE (amount);
ALTER TABLE invoices ADD FOREIGN KEY (id, order_id) REFERENCES payments (id, order_id);
COMMIT;
