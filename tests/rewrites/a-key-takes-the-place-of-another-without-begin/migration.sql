-- one statement is one transaction: there must be no moment without a key
ALTER TABLE payments
  DROP CONSTRAINT payments_order_fk,
  ADD CONSTRAINT payments_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
