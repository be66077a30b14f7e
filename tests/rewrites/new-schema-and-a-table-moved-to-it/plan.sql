-- step 1: 3 statements together, as written
--   ACCESS EXCLUSIVE on public.invoices
BEGIN;
CREATE SCHEMA archive;
CREATE TABLE archive.runs (id int PRIMARY KEY);
ALTER TABLE invoices SET SCHEMA archive;
COMMIT;
-- undo: DROP TABLE archive.runs;
