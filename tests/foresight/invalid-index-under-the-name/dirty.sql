CREATE INDEX idx_runs_plan_id ON runs (plan_id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_runs_plan_id'::regclass;
