BEGIN;
ALTER TABLE invoices RENAME COLUMN number TO invoice_number;
CREATE INDEX invoices_number_idx ON invoices (invoice_number);
COMMIT;
