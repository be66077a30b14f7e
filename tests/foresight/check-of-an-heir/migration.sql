BEGIN;
ALTER TABLE plans ADD CONSTRAINT plans_small CHECK (paper_id < 50);
COMMIT;
