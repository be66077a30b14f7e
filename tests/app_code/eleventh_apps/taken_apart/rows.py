def pair(value):
    if not value:
        return None, None
    return value.project_id, value.assignee_id


def add(cur, value):
    project_id, assignee_id = pair(value)
    cur.execute("INSERT INTO tasks (project_id, assignee_id) VALUES (%s, %s)", (project_id, assignee_id))


def add_all(cur, groups):
    for title, (project_id, assignee_id) in {"a": (groups.id, None)}.items():
        cur.execute("INSERT INTO tasks (title, project_id, assignee_id) VALUES (%s, %s, %s)", (title, project_id, assignee_id))


def add_more(cur, group):
    for (project_id, assignee_id), title in [((group.id, None), "x"), ((group.id, group.owner), "y")]:
        cur.execute("INSERT INTO tasks (title, project_id, assignee_id) VALUES (%s, %s, %s)", (title, project_id, assignee_id))


def typed(cur, groups: dict[str, tuple[str, str | None]]):
    for title, (project_id, assignee_id) in groups.items():
        cur.execute("INSERT INTO tasks (title, project_id, assignee_id) VALUES (%s, %s, %s)", (title, project_id, assignee_id))


def enumerated(cur, groups: list[tuple[str, str | None]]):
    for n, (project_id, assignee_id) in enumerate(groups):
        cur.execute("INSERT INTO tasks (position, project_id, assignee_id) VALUES (%s, %s, %s)", (n, project_id, assignee_id))


def collected(cur, items):
    rows = []
    for item in items:
        rows.append((item.title, item.project_id, item.who if item.who else None))
    for title, project_id, assignee_id in rows:
        cur.execute("INSERT INTO tasks (title, project_id, assignee_id) VALUES (%s, %s, %s)", (title, project_id, assignee_id))
