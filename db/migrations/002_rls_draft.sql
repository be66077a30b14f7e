-- 002_rls_draft.sql: who may see and write which rows, drafted and not enabled.
-- releasegate: draft
-- releasegate: requires-tag v0
--
-- Policies do nothing while row security is off, and no statement of this file switches it on:
-- runbooks/rls-enable.md says how that is done one day, and what must be true before.
--
-- Who owns which row. The rehearsal reads these lines, never the policies, and holds the policies
-- against them:
-- releasegate: identity app.user_id
-- releasegate: owner papers by created_by
-- releasegate: owner plans by created_by
-- releasegate: owner runs via plan_id
-- releasegate: owner run_events via run_id
-- releasegate: owner storyboards via paper_id
--
-- Owners do everything with their own rows. Readers do nothing with any: no policy here names
-- them, and no table is granted to them. What they may have is an artifact's file, by an address
-- that the app signs and that soon ends (examples/papers/signed_urls.py). It stays that way as long
-- as no policy is added for them and nothing is granted to them or to PUBLIC.
--
-- The app says who is at work, in each transaction:
--   SELECT set_config('app.user_id', '…', true);
-- A connection that never said it, one that goes back to its pool, and a value that is no UUID are
-- nobody: they see nothing, and nothing fails for them but writes.

BEGIN;

-- Policy columns
CREATE INDEX IF NOT EXISTS idx_papers_created_by    ON papers(created_by);
CREATE INDEX IF NOT EXISTS idx_plans_created_by     ON plans(created_by);
CREATE INDEX IF NOT EXISTS idx_storyboards_paper_id ON storyboards(paper_id);
CREATE INDEX IF NOT EXISTS idx_storyboards_run_id   ON storyboards(run_id);

-- The setting is text that anybody may have set; a cast of garbage would fail in every statement.
CREATE FUNCTION app_user_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE
    WHEN current_setting('app.user_id', true)
         ~ '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$'
    THEN current_setting('app.user_id', true)::uuid
  END;

-- (SELECT app_user_id()) is asked once a statement. What a row must be to be seen is a list of ids
-- that an index is searched by; what it must be to be written is one parent, found by its key.
-- The key's own check sees every row of every owner, so each key is looked at here as well.

CREATE POLICY papers_owner ON papers
  USING (created_by = (SELECT app_user_id()))
  WITH CHECK (created_by = (SELECT app_user_id()));

CREATE POLICY plans_owner ON plans
  USING (created_by = (SELECT app_user_id()))
  WITH CHECK (
    created_by = (SELECT app_user_id())
    AND (paper_id IS NULL OR EXISTS (
      SELECT FROM papers
      WHERE papers.id = plans.paper_id AND papers.created_by = (SELECT app_user_id())))
  );

CREATE POLICY runs_owner ON runs
  USING (plan_id = ANY (ARRAY(
    SELECT plans.id FROM plans WHERE plans.created_by = (SELECT app_user_id()))))
  WITH CHECK (
    EXISTS (
      SELECT FROM plans
      WHERE plans.id = runs.plan_id AND plans.created_by = (SELECT app_user_id()))
    AND (paper_id IS NULL OR EXISTS (
      SELECT FROM papers
      WHERE papers.id = runs.paper_id AND papers.created_by = (SELECT app_user_id())))
  );

CREATE POLICY run_events_owner ON run_events
  USING (run_id = ANY (ARRAY(
    SELECT runs.id FROM runs JOIN plans ON plans.id = runs.plan_id
    WHERE plans.created_by = (SELECT app_user_id()))))
  WITH CHECK (EXISTS (
    SELECT FROM runs JOIN plans ON plans.id = runs.plan_id
    WHERE runs.id = run_events.run_id AND plans.created_by = (SELECT app_user_id())));

CREATE POLICY storyboards_owner ON storyboards
  USING (paper_id = ANY (ARRAY(
    SELECT papers.id FROM papers WHERE papers.created_by = (SELECT app_user_id()))))
  WITH CHECK (
    EXISTS (
      SELECT FROM papers
      WHERE papers.id = storyboards.paper_id AND papers.created_by = (SELECT app_user_id()))
    AND (run_id IS NULL OR EXISTS (
      SELECT FROM runs JOIN plans ON plans.id = runs.plan_id
      WHERE runs.id = storyboards.run_id AND plans.created_by = (SELECT app_user_id())))
  );

COMMIT;
