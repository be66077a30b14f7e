BEGIN;
CREATE SCHEMA archive;
CREATE TABLE archive.runs (id int PRIMARY KEY);
ALTER TABLE invoices SET SCHEMA archive;
COMMIT;
