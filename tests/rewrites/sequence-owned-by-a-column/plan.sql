-- step 1: 3 statements together, as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
CREATE SEQUENCE invoices_id_seq;
ALTER TABLE public.invoices ALTER COLUMN id SET DEFAULT nextval('invoices_id_seq');
ALTER SEQUENCE invoices_id_seq OWNED BY invoices.id;
COMMIT;
