-- step 1: alter type order_status ..., as written
BEGIN;
ALTER TYPE order_status RENAME VALUE 'shipped' TO 'sent';
COMMIT;
