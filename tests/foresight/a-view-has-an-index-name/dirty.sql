CREATE VIEW idx_runs_plan_id AS SELECT 1 AS one;
