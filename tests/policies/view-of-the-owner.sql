-- Views read by the rights of their owner, and so do views upon them.
-- expect: RG434 The view public.titles reads by its owner
-- expect: RG434 The view public.upon reads by its owner
-- expect: RG434 The materialized view public.counts holds everybody
-- releasegate: draft
-- releasegate: identity app.user_id
-- releasegate: owner papers by created_by
-- releasegate: owner plans by created_by
-- releasegate: owner runs via plan_id

CREATE FUNCTION app_user_id() RETURNS uuid LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('app.user_id', true) ~ '^[0-9a-f-]{36}$'
       THEN current_setting('app.user_id', true)::uuid END;
CREATE POLICY papers_owner ON papers
  USING (created_by = (SELECT app_user_id()));

CREATE POLICY plans_owner ON plans
  USING (created_by = (SELECT app_user_id()))
  WITH CHECK (created_by = (SELECT app_user_id()) AND (paper_id IS NULL OR EXISTS (
    SELECT FROM papers p WHERE p.id = paper_id AND p.created_by = (SELECT app_user_id()))));

CREATE POLICY runs_owner ON runs
  USING (plan_id = ANY (ARRAY(SELECT id FROM plans WHERE created_by = (SELECT app_user_id()))))
  WITH CHECK (EXISTS (SELECT FROM plans p WHERE p.id = plan_id AND p.created_by = (SELECT app_user_id()))
    AND (paper_id IS NULL OR EXISTS (
      SELECT FROM papers p WHERE p.id = paper_id AND p.created_by = (SELECT app_user_id()))));

CREATE VIEW titles AS SELECT id, title FROM papers;
CREATE VIEW upon AS SELECT title FROM titles;
CREATE VIEW asked WITH (security_invoker) AS SELECT id FROM papers;
CREATE MATERIALIZED VIEW counts AS SELECT created_by, count(*) FROM papers GROUP BY 1;
GRANT SELECT ON counts TO readers;
CREATE MATERIALIZED VIEW own_counts AS SELECT count(*) FROM plans;
