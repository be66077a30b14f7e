-- step 1: alter table invoices ..., as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
ALTER TABLE invoices RENAME TO bills;
COMMIT;

-- step 2: add column bills.user_id
--   ACCESS EXCLUSIVE on public.bills
BEGIN;
ALTER TABLE public.bills ADD COLUMN user_id bigint;
COMMIT;
-- undo: ALTER TABLE public.bills DROP COLUMN user_id;

-- step 3: add key bills_user_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.bills
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.bills ADD CONSTRAINT bills_user_fk FOREIGN KEY (user_id) REFERENCES public.users (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.bills DROP CONSTRAINT bills_user_fk;

-- step 4: check every row against bills_user_fk
--   SHARE UPDATE EXCLUSIVE on public.bills
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public.bills VALIDATE CONSTRAINT bills_user_fk;
COMMIT;
