CREATE TABLE papers (id uuid PRIMARY KEY, title text, created_by uuid);
CREATE TABLE plans (
  id uuid PRIMARY KEY, paper_id uuid REFERENCES papers, note text, created_by uuid);
CREATE TABLE runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan_id uuid REFERENCES plans,
  paper_id uuid REFERENCES papers, status text CHECK (status IN ('running', 'done')));
GRANT USAGE ON SCHEMA public TO readers;
CREATE INDEX papers_created_by ON papers (created_by);
CREATE INDEX plans_created_by ON plans (created_by);
CREATE INDEX runs_plan_id ON runs (plan_id);
CREATE INDEX plans_paper_id ON plans (paper_id);
CREATE INDEX runs_paper_id ON runs (paper_id);
