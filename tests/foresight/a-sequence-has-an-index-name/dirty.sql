CREATE SEQUENCE idx_plans_paper_id;
