BEGIN;
ALTER TABLE runs ADD CONSTRAINT runs_once UNIQUE (plan_id, paper_id, status);
COMMIT;
