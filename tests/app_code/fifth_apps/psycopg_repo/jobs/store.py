import logging
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extras import RealDictCursor, execute_batch, execute_values

from jobs import queries
from jobs.queries import INSERT_TASK

log = logging.getLogger(__name__)


class Store:
    def __init__(self, dsn):
        self.dsn = dsn

    @contextmanager
    def cursor(self):
        conn = psycopg2.connect(self.dsn)
        try:
            with conn, conn.cursor(cursor_factory=RealDictCursor) as cur:
                yield cur
        finally:
            conn.close()

    def add_task(self, project, title, assignee=None):
        with self.cursor() as cur:
            cur.execute(INSERT_TASK, {"project": project["id"], "assignee": assignee, "title": title})
            return cur.fetchone()["id"]

    def add_comment(self, task_id: int, author_id: int, body: str):
        with self.cursor() as cur:
            cur.execute(queries.INSERT_COMMENT, (task_id, author_id, body))

    def save_project(self, p):
        with self.cursor() as cur:
            cur.execute(queries.UPSERT_PROJECT, (p.id, p.team.id, p.owner.id if p.owner else None, p.name))

    def import_comments(self, task_id, lines):
        rows = []
        for line in lines:
            author, body = line.split("\t", 1)
            rows.append((task_id, author, body))
        with self.cursor() as cur:
            execute_values(cur, "INSERT INTO comments (task_id, author_id, body) VALUES %s", rows, page_size=500)

    def import_tasks(self, project_id, titles):
        with self.cursor() as cur:
            execute_batch(cur, "INSERT INTO tasks (project_id, title) VALUES (%s, %s)", [(project_id, t) for t in titles])

    def insert(self, table, values):
        cols = list(values.keys())
        stmt = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, cols)),
            sql.SQL(", ").join(sql.Placeholder() * len(cols)),
        )
        with self.cursor() as cur:
            cur.execute(stmt, list(values.values()))

    def open_invoice(self, project_id, amount):
        self.insert("invoices", {"project_id": project_id, "amount": amount})

    def clear(self, project_id):
        with self.cursor() as cur:
            cur.execute("DELETE FROM comments USING tasks WHERE comments.task_id = tasks.id AND tasks.project_id = %s", (project_id,))
            cur.execute("""
                DELETE FROM tasks
                WHERE project_id = %s
            """, [project_id])
            cur.execute("UPDATE projects SET archived = true WHERE id = %s", [project_id])
            log.info("DELETE FROM tasks done for %s", project_id)
