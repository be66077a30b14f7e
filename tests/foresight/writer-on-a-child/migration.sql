BEGIN;

ALTER TABLE runs
  ADD CONSTRAINT runs_plan_id_fk FOREIGN KEY (plan_id) REFERENCES plans (id),
  ADD CONSTRAINT runs_paper_id_fk FOREIGN KEY (paper_id) REFERENCES papers (id);

COMMIT;
