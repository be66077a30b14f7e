-- name: create-comment<!
INSERT INTO comments (task_id, author_id, body)
VALUES (:task_id, :author_id, :body)
RETURNING id;

-- name: delete-comments!
DELETE FROM comments WHERE task_id = :task_id;
