import json
from contextlib import closing


class TaskMixin:
    table = "tasks"

    def row(self, **extra):
        base = {"project_id": self.project_id, "assignee_id": self.owner_id}
        base.update(extra)
        return base

    def persist(self):
        self.client.table(self.table).insert(self.row(title=self.title)).execute()


class Job(TaskMixin):
    def __init__(self, client, project_id: str, owner_id: str | None, title: str):
        self.client = client
        self.project_id = project_id
        self.owner_id = owner_id
        self.title = title


def run_sql(conn, sql, params=()):
    with closing(conn.cursor()) as cur:
        cur.execute(sql, params)


def note(conn, task_id, author_id=None):
    params = {"task": task_id, "author": author_id, "body": json.dumps({})}
    run_sql(conn, "INSERT INTO comments (task_id, author_id, body) VALUES (%(task)s, %(author)s, %(body)s)", params)


def note_by(conn, task, user):
    author = getattr(user, "id", None)
    if author is None:
        return
    run_sql(conn, "INSERT INTO comments (task_id, author_id) VALUES (%s, %s)", (task["id"], author))


def purge(conn, ids):
    marks = ",".join(["%s"] * len(ids))
    run_sql(conn, f"DELETE FROM comments WHERE task_id IN ({marks})", ids)
    run_sql(conn, "DELETE FROM tasks WHERE id IN (%s)" % marks, ids)
