ALTER TABLE invoices VALIDATE CONSTRAINT invoices_order_fk;
