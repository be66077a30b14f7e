ALTER ROLE releasegate_owner IN DATABASE DATABASE_NAME SET default_transaction_read_only = on;
