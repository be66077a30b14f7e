BEGIN;

ALTER TABLE plans ADD COLUMN note text;
CREATE INDEX idx_plans_paper_id ON plans (paper_id);

COMMIT;
