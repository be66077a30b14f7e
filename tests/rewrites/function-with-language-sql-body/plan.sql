-- step 1: create function total_of(bigint) ..., as written
BEGIN;
CREATE FUNCTION total_of(bigint) RETURNS numeric LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT sum(total) FROM orders WHERE user_id = $1;
END;
COMMIT;
