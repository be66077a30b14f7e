from dataclasses import asdict, dataclass
from typing import Any, Mapping, Sequence
from uuid import UUID

import asyncpg


@dataclass(slots=True, frozen=True)
class NewTask:
    project_id: UUID
    title: str
    assignee_id: UUID | None


class BaseRepository:
    table: str

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def _insert(self, data: Mapping[str, Any]) -> Any:
        keys = list(data.keys())
        columns = ", ".join(keys)
        placeholders = ", ".join(f"${i}" for i in range(1, len(keys) + 1))
        query = f"INSERT INTO {self.table} ({columns}) VALUES ({placeholders}) RETURNING *"
        return await self._pool.fetchrow(query, *data.values())


class TaskRepository(BaseRepository):
    table = "tasks"

    async def create(self, task: NewTask) -> Any:
        return await self._insert(asdict(task))

    async def create_default(self, project_id: UUID, owner_id: UUID) -> Any:
        return await self._insert({"project_id": project_id, "assignee_id": owner_id, "title": "Welcome"})

    async def bulk(self, tasks: Sequence[NewTask]) -> None:
        await self._pool.executemany(
            "INSERT INTO tasks (project_id, assignee_id, title) VALUES ($1, $2, $3)",
            [(t.project_id, t.assignee_id, t.title) for t in tasks],
        )

    async def delete_for_project(self, project_id: UUID) -> int:
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute("DELETE FROM comments WHERE task_id IN (SELECT id FROM tasks WHERE project_id = $1)", project_id)
            status = await conn.execute("DELETE FROM tasks WHERE project_id = $1", project_id)
        return int(status.split()[-1])
