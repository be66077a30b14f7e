def build(project_id: str, assignee_id: str | None):
    sql = "INSERT INTO tasks (project_id, assignee_id) VALUES (%s, %s)"
    return sql, (project_id, assignee_id)


def run(cur, project_id: str):
    sql, params = build(project_id, None)
    cur.execute(sql, params)


def batch(cur, task_id: str, author_id: str | None, team):
    statements = [
        ("INSERT INTO comments (task_id, author_id) VALUES (%s, %s)", (task_id, author_id)),
        ("DELETE FROM tasks WHERE id = %s", (task_id,)),
    ]
    statements.append(("INSERT INTO projects (team_id, owner_id) VALUES (%(t)s, %(o)s)", {"t": team.id, "o": team.owner_id}))
    for sql, params in statements:
        cur.execute(sql, params)
