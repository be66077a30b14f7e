-- name: create_task<!
-- Create a task in a project.
INSERT INTO tasks (id, project_id, assignee_id, title)
VALUES (gen_random_uuid(), :project_id, :assignee_id, :title)
RETURNING id;

-- name: create_inbox_task!
INSERT INTO tasks (id, title, project_id, assignee_id)
VALUES (gen_random_uuid(), :title, :project_id, NULL);

-- name: rename_task!
UPDATE tasks SET title = :title WHERE id = :id;

-- name: delete_task!
DELETE FROM tasks WHERE id = :id;
