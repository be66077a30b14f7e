CREATE ROLE ro_owner LOGIN IN ROLE releasegate_owner; ALTER ROLE ro_owner SET default_transaction_read_only = on;
