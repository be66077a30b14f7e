BEGIN;
CREATE INDEX invoices_number_old_idx ON invoices (number);
ALTER TABLE invoices RENAME COLUMN number TO label;
CREATE INDEX invoices_label_idx ON invoices (label);
COMMIT;
