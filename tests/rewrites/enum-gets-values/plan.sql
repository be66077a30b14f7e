-- step 1: alter type order_status ..., as written
BEGIN;
ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'returned' AFTER 'shipped';
COMMIT;
