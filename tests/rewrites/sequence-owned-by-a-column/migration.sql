BEGIN;
CREATE SEQUENCE invoices_id_seq;
ALTER TABLE invoices ALTER COLUMN id SET DEFAULT nextval('invoices_id_seq');
ALTER SEQUENCE invoices_id_seq OWNED BY invoices.id;
COMMIT;
