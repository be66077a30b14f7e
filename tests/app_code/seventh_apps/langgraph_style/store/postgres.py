import json
import logging
from collections.abc import Sequence

from psycopg import Connection, Cursor
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

logger = logging.getLogger(__name__)

MIGRATIONS = [
    "CREATE TABLE IF NOT EXISTS tasks (id uuid, project_id uuid)",
    "ALTER TABLE tasks ADD COLUMN IF NOT EXISTS assignee_id uuid",
]


class PostgresSaver:
    UPSERT_TASK_SQL = """
        INSERT INTO tasks (id, project_id, assignee_id, title)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (id) DO UPDATE SET
            title = EXCLUDED.title,
            assignee_id = EXCLUDED.assignee_id;
    """

    INSERT_COMMENT_SQL = """
        INSERT INTO comments (id, task_id, author_id, body)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (id) DO NOTHING
    """

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def put(self, config: dict, title: str) -> None:
        project_id = config["configurable"]["project_id"]
        assignee_id = config["configurable"].get("assignee_id")
        with self._cursor() as cur:
            cur.execute(self.UPSERT_TASK_SQL, (config["id"], project_id, assignee_id, title))

    def put_writes(self, config: dict, writes: Sequence[tuple[str, str]], task_id: str) -> None:
        with self._cursor(pipeline=True) as cur:
            cur.executemany(self.INSERT_COMMENT_SQL, self._dump_writes(task_id, config["user_id"], writes))

    def _dump_writes(self, task_id: str, user_id: str, writes: Sequence[tuple[str, str]]):
        return [(wid, task_id, user_id, body) for wid, body in writes]

    def delete_thread(self, thread_id: str) -> None:
        with self._cursor(pipeline=True) as cur:
            cur.execute("DELETE FROM comments WHERE task_id = %s", (str(thread_id),))
            cur.execute("DELETE FROM tasks WHERE id = %s", (str(thread_id),))
