ALTER TABLE users DROP COLUMN age, ADD COLUMN age smallint;
