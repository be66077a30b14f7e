from uuid import UUID

from asyncpg import Connection

from app.db.queries.queries import queries
from app.models.domain import Task, User

CREATE_TASK = """
INSERT INTO tasks (title, project_id, assignee_id)
VALUES ($1, $2, (SELECT id FROM users WHERE email = $3))
RETURNING id
"""


class TasksRepository:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def create(self, *, title: str, project_id: UUID, email: str):
        async with self._conn.transaction():
            row = await self._conn.fetchrow(CREATE_TASK, title, project_id, email)
            await queries.create_comment(self._conn, task_id=row["id"], author_id=None, body="new")
        return row

    async def tag(self, names: list[str], project: Task):
        await self._conn.executemany(
            "INSERT INTO comments (task_id, body) VALUES ($1, $2)",
            [(project.id, n) for n in names],
        )
