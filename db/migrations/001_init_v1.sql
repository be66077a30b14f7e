-- 001_init_v1.sql: v1 hardening, foreign keys and the indexes they need.
-- Generated, not applied: releasegate alone applies it, in a maintenance window.
-- releasegate: requires-tag v0

BEGIN;

ALTER TABLE plans
  ADD COLUMN IF NOT EXISTS paper_id UUID,
  ADD CONSTRAINT plans_paper_id_fk
    FOREIGN KEY (paper_id) REFERENCES papers(id);

ALTER TABLE runs
  ADD COLUMN IF NOT EXISTS paper_id UUID,
  ADD COLUMN IF NOT EXISTS plan_id  UUID,
  ADD CONSTRAINT runs_plan_id_fk
    FOREIGN KEY (plan_id)  REFERENCES plans(id),
  ADD CONSTRAINT runs_paper_id_fk
    FOREIGN KEY (paper_id) REFERENCES papers(id);

ALTER TABLE run_events
  ADD COLUMN IF NOT EXISTS run_id UUID,
  ADD CONSTRAINT run_events_run_id_fk
    FOREIGN KEY (run_id) REFERENCES runs(id);

ALTER TABLE storyboards
  ADD COLUMN IF NOT EXISTS paper_id UUID,
  ADD COLUMN IF NOT EXISTS run_id  UUID,
  ADD CONSTRAINT storyboards_paper_id_fk
    FOREIGN KEY (paper_id) REFERENCES papers(id),
  ADD CONSTRAINT storyboards_run_id_fk
    FOREIGN KEY (run_id) REFERENCES runs(id);

-- Indexes
CREATE INDEX IF NOT EXISTS idx_plans_paper_id   ON plans(paper_id);
CREATE INDEX IF NOT EXISTS idx_runs_plan_id     ON runs(plan_id);
CREATE INDEX IF NOT EXISTS idx_runs_paper_id    ON runs(paper_id);
CREATE INDEX IF NOT EXISTS idx_run_events_byseq ON run_events(run_id, seq);

COMMIT;
