CREATE SCHEMA archive; CREATE TABLE archive.plans (LIKE plans); CREATE TABLE archive.papers (id text);
CREATE INDEX idx_plans_paper_id ON archive.plans (paper_id);
