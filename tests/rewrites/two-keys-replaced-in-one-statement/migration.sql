ALTER TABLE invoices
  DROP CONSTRAINT invoices_order_fk,
  ADD CONSTRAINT invoices_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  ADD CONSTRAINT invoices_number_check CHECK (number <> '');
