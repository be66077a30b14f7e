BEGIN;

ALTER TABLE plans
  ADD CONSTRAINT plans_paper_id_fk FOREIGN KEY (paper_id) REFERENCES papers (id);

ALTER TABLE runs
  ADD CONSTRAINT runs_plan_id_fk FOREIGN KEY (plan_id) REFERENCES plans (id),
  ADD CONSTRAINT runs_paper_id_fk FOREIGN KEY (paper_id) REFERENCES papers (id) ON DELETE CASCADE;

CREATE INDEX idx_plans_paper_id ON plans (paper_id);
CREATE INDEX idx_runs_plan_id ON runs (plan_id);
CREATE INDEX idx_runs_paper_id ON runs (paper_id);

COMMIT;
