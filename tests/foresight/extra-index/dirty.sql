CREATE INDEX plans_by_time ON plans (created_at); CREATE STATISTICS plans_stats ON paper_id, minutes FROM plans;
