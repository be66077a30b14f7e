INSERT_TASK = """
    INSERT INTO tasks (project_id, assignee_id, title, status)
    VALUES (%(project)s, %(assignee)s, %(title)s, 'todo')
    RETURNING id
"""

COMMENT_COLUMNS = ("task_id", "author_id", "body")
INSERT_COMMENT = "INSERT INTO comments ({}) VALUES ({})".format(
    ", ".join(COMMENT_COLUMNS), ", ".join(["%s"] * len(COMMENT_COLUMNS))
)
UPSERT_PROJECT = (
    "INSERT INTO projects (id, team_id, owner_id, name) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, owner_id = EXCLUDED.owner_id"
)
