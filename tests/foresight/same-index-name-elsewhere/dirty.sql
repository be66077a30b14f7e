CREATE INDEX idx_runs_plan_id ON papers (title);
