import json
import os
import sqlite3

import psycopg2
import psycopg2.extras


class Db:
    def __init__(self):
        self.conn = psycopg2.connect(os.environ["DATABASE_URL"])

    def _execute(self, query, params=None, fetch=False):
        with self.conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
            cur.execute(query, params)
            return cur.fetchall() if fetch else None

    def log_comment(self, task_id, user, text):
        self._execute(
            "INSERT INTO comments(task_id, author_id, body) VALUES(%s, %s, %s)",
            (task_id, user.id, text),
        )

    def log_anonymous(self, task_id, text):
        sql = """
            insert into comments
                (task_id, body, created_at)
            values
                (%s, %s, now())
        """
        self._execute(sql, (task_id, text))

    def get_or_create_task(self, project_id, title, assignee=None):
        found = self._execute("SELECT id FROM tasks WHERE title = %s", (title,), fetch=True)
        if found:
            return found[0]["id"]
        self._execute(
            f"""INSERT INTO tasks (project_id, assignee_id, title)
                VALUES (%(project_id)s, %(assignee_id)s, %(title)s) ON CONFLICT DO NOTHING""",
            dict(project_id=project_id, assignee_id=assignee, title=title),
        )

    def bulk_insert(self, tasks):
        psycopg2.extras.execute_values(
            self.conn.cursor(),
            "INSERT INTO tasks (title, project_id, assignee_id) VALUES %s ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title",
            [(t["title"], t["project"]["id"], t["assignee"]["id"]) for t in tasks],
            page_size=500,
        )

    def set_status(self, ids, status):
        self._execute("UPDATE tasks SET status=%s WHERE id IN %s", (status, tuple(ids)))
        self._execute("DELETE FROM tasks WHERE id = ANY(%s)", (ids,))

    def count(self):
        return self._execute("SELECT count(*) FROM tasks WHERE title LIKE 'insert into tasks%%'", fetch=True)
