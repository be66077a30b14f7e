"""All statements in one place."""

INSERT_TASK = """
    INSERT INTO tasks (id, project_id, assignee_id, title)
    VALUES (%(id)s, %(project_id)s, %(assignee_id)s, %(title)s)
"""

INSERT_COMMENT = (
    "INSERT INTO comments (id, task_id, body) "
    "VALUES (%(id)s, %(task_id)s, %(body)s)"
)

DELETE_USER = "DELETE FROM users WHERE id = %s"
DDL = "CREATE TABLE IF NOT EXISTS tasks (id uuid PRIMARY KEY)"
