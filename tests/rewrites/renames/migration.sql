BEGIN;
ALTER TABLE invoices RENAME COLUMN number TO invoice_number;
ALTER TABLE payments RENAME CONSTRAINT payments_order_fk TO payments_order_id_fkey;
ALTER INDEX products_name_idx RENAME TO index_products_on_name;
COMMIT;
