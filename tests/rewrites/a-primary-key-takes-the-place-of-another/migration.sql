BEGIN;
ALTER TABLE invoices DROP CONSTRAINT invoices_pkey, ADD PRIMARY KEY (id, order_id);
COMMIT;
