-- step 1: alter type address ..., as written
BEGIN;
ALTER TYPE address ADD ATTRIBUTE zip text;
COMMIT;
