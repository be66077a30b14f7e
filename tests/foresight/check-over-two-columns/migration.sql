BEGIN;
ALTER TABLE runs ADD CONSTRAINT runs_open_has_plan CHECK (status <> 'open' OR plan_id IS NOT NULL);
COMMIT;
