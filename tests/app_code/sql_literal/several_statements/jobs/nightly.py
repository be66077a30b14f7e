import psycopg

RESET = "TRUNCATE comments"


def run(dsn, template_id):
    with psycopg.connect(dsn) as conn:
        conn.execute("SET lock_timeout = '1s'; DELETE\n FROM comments WHERE created_at < now() - interval '1 year'")
        conn.execute(
            'INSERT INTO "public"."tasks" ("id", "project_id", "assignee_id") VALUES (%s, %s, %s)',
            (template_id, conn.execute("SELECT id FROM projects").fetchone(), None),
        )
        conn.execute(
            "INSERT INTO comments (task_id, author_id, body) "
            "SELECT t.id, t.assignee_id, 'closed' FROM tasks t LEFT JOIN users u ON u.id = t.assignee_id"
            if False
            else "INSERT INTO comments (task_id, author_id, body) SELECT t.id, u.id, 'closed' FROM tasks t LEFT JOIN users u ON u.id = t.assignee_id"
        )
