-- What only WITH CHECK compares has no index.
-- expect: RG435 public.plans.paper_id: a policy compares it, and no index begins with it.
-- releasegate: draft
-- releasegate: identity app.user_id
-- releasegate: owner papers by created_by
-- releasegate: owner plans by created_by
-- releasegate: owner runs via plan_id

CREATE FUNCTION app_user_id() RETURNS uuid LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('app.user_id', true) ~ '^[0-9a-f-]{36}$'
       THEN current_setting('app.user_id', true)::uuid END;
DROP INDEX plans_paper_id;
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
