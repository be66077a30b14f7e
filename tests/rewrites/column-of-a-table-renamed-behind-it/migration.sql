BEGIN;
ALTER TABLE invoices ADD COLUMN note text;
ALTER TABLE invoices RENAME COLUMN note TO remark;
CREATE INDEX invoices_remark_idx ON invoices (remark);
COMMIT;
