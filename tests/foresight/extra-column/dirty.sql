ALTER TABLE plans ADD COLUMN priority int;
