-- Who owns a run is not to be found, and nor is who is asking.
-- expect: RG431 How a session says who it is is not declared
-- expect: RG431 public.runs.status refers to no other table
-- expect: RG439 public.papers has policies
-- expect: RG431 There is no table public.paper.
-- expect: RG431 public.plans has no column owner.
-- releasegate: draft
-- releasegate: owner paper by created_by
-- releasegate: owner plans by owner
-- releasegate: owner runs via status

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
