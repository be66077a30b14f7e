from contextlib import contextmanager

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

INSERT_TASK_SQL = "INSERT INTO tasks (project_id, assignee_id, title, body) VALUES (%(project_id)s, %(assignee_id)s, %(title)s, %(body)s) RETURNING id"
COLUMNS = ("task_id", "author_id", "body")


class Writer:
    _UPSERT = """
        INSERT INTO projects AS p (id, team_id, owner_id, name)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (id) DO UPDATE
           SET name = EXCLUDED.name, owner_id = COALESCE(EXCLUDED.owner_id, p.owner_id)
    """

    def __init__(self, pool: ConnectionPool):
        self.pool = pool

    @contextmanager
    def cursor(self):
        with self.pool.connection() as conn, conn.cursor(row_factory=dict_row) as cur:
            yield cur

    def write_task(self, task: dict) -> int:
        with self.cursor() as cur:
            cur.execute(INSERT_TASK_SQL, {**task, "body": Jsonb(task["body"])})
            return cur.fetchone()["id"]

    def write_project(self, project_id, team_id, name, owner_id=None):
        with self.cursor() as cur:
            cur.execute(self._UPSERT, [project_id, team_id, owner_id, name])

    def write_comments(self, comments):
        placeholders = ", ".join(["%s"] * len(COLUMNS))
        sql = "INSERT INTO comments ({}) VALUES ({})".format(", ".join(COLUMNS), placeholders)
        with self.cursor() as cur:
            cur.executemany(sql, [tuple(c[k] for k in COLUMNS) for c in comments])

    def copy_comments(self, rows):
        with self.cursor() as cur:
            with cur.copy("COPY comments (task_id, author_id, body) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def close_tasks(self, project_id, status=None):
        clauses = ["status = %s"]
        params = [status or "closed"]
        with self.cursor() as cur:
            cur.execute("UPDATE tasks SET " + ", ".join(clauses) + " WHERE project_id = %s", [*params, project_id])

    def drop_project(self, project_id):
        with self.cursor() as cur:
            for table in ("comments", "tasks"):
                cur.execute(f"DELETE FROM {table} WHERE project_id = %s", (project_id,))
            cur.execute("DELETE FROM projects WHERE id = %s", (project_id,))
