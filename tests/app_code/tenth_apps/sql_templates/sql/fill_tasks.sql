-- filled in by the scheduler before it is run
WITH picked AS (
  SELECT p.id AS project_key, p.owner_id
  FROM {SCHEMA}.projects p
  WHERE p.archived = false
    {PROJECT_FILTER}
)
INSERT INTO {SCHEMA}.tasks (
  project_id, assignee_id, title,
  {MORE_COLUMNS}
)
SELECT
  p.project_key, :ASSIGNEE_ID ::uuid, 'weekly',
  {MORE_VALUES}
FROM picked p
WHERE EXISTS (SELECT 1 FROM teams)
  {TEAM_FILTER}

ON CONFLICT (id)
DO UPDATE SET title = EXCLUDED.title
  {MORE_UPDATES};

DELETE FROM {SCHEMA}.comments WHERE task_id IN (SELECT id FROM tasks) AND {CONDITION};
