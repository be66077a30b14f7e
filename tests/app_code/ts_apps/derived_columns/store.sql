CREATE FUNCTION copy_tasks(from_project uuid, to_project uuid, who uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  made uuid;
BEGIN
  INSERT INTO tasks (project_id, assignee_id, title)
  SELECT found.project, found.person, found.title
  FROM (SELECT to_project AS project, who AS person, t.title FROM tasks t WHERE t.project_id = from_project) found;

  WITH fresh AS (SELECT to_project AS project UNION ALL SELECT from_project)
  INSERT INTO tasks (project_id, assignee_id) SELECT fresh.project, made FROM fresh;
END
$$;
