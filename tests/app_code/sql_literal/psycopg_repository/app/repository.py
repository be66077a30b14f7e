"""Tasks and comments in PostgreSQL."""

import uuid
from typing import Optional

from app.db import get_pool


class TaskRepository:
    def __init__(self, pool):
        self._pool = pool

    def create(self, project_id: str, title: str, assignee_id: str) -> str:
        task_id = str(uuid.uuid4())
        with self._pool.connection() as conn:
            conn.execute(
                """
                INSERT INTO tasks (id, project_id, assignee_id, title, status)
                VALUES (%s, %s, %s, %s, 'open')
                """,
                (task_id, project_id, assignee_id, title),
            )
        return task_id

    def create_unassigned(self, project_id: str, title: str) -> None:
        with self._pool.connection() as conn:
            conn.execute(
                "INSERT INTO tasks (id, project_id, title) VALUES (%s, %s, %s)",
                (uuid.uuid4(), project_id, title),
            )

    def quick_add(self, title: str, project_id: Optional[str] = None, assignee_id: str = "") -> None:
        with self._pool.connection() as conn:
            conn.execute(
                "INSERT INTO tasks (id, project_id, assignee_id, title) "
                "VALUES (gen_random_uuid(), %(project)s, %(assignee)s, %(title)s)",
                {"project": project_id, "assignee": assignee_id, "title": title},
            )

    def rename(self, task_id: str, title: str) -> None:
        with self._pool.connection() as conn:
            conn.execute("UPDATE tasks SET title = %s WHERE id = %s", (title, task_id))

    def move(self, task_id: str, project_id: str) -> None:
        with self._pool.connection() as conn:
            conn.execute("UPDATE tasks SET project_id = %s WHERE id = %s", (project_id, task_id))

    def unassign(self, task_id: str) -> None:
        with self._pool.connection() as conn:
            conn.execute("UPDATE tasks SET assignee_id = NULL WHERE id = %s", (task_id,))

    def delete(self, task_id: str) -> None:
        with self._pool.connection() as conn:
            conn.execute("DELETE FROM comments WHERE task_id = %s", (task_id,))
            conn.execute("DELETE FROM tasks WHERE id = %s", (task_id,))
