ALTER TABLE plans ALTER COLUMN paper_id TYPE text;
