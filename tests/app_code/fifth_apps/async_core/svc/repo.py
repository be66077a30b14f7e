from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any, Sequence

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import comments_table, projects, tasks


@dataclass(frozen=True)
class NewComment:
    task_id: uuid.UUID
    author_id: uuid.UUID
    body: str


@dataclass
class NewTask:
    title: str
    project_id: uuid.UUID
    assignee_id: uuid.UUID | None = None


class Repo:
    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def create_project(self, team_id: uuid.UUID, owner_id: uuid.UUID, name: str) -> uuid.UUID:
        stmt = projects.insert().values(id=uuid.uuid4(), team_id=team_id, owner_id=owner_id, name=name).returning(projects.c.id)
        result = await self._conn.execute(stmt)
        return result.scalar_one()

    async def upsert_task(self, task: NewTask) -> None:
        stmt = pg_insert(tasks).values(**asdict(task), id=uuid.uuid4())
        stmt = stmt.on_conflict_do_update(
            index_elements=["id"],
            set_={"title": stmt.excluded.title},
        )
        await self._conn.execute(stmt)

    async def add_comments(self, new: Sequence[NewComment]) -> None:
        if not new:
            return
        await self._conn.execute(insert(comments_table), [asdict(c) for c in new])

    async def add_many(self, project_id: uuid.UUID, titles: list[str]) -> None:
        await self._conn.execute(tasks.insert(), [{"title": t, "project_id": project_id} for t in titles])

    async def ignore(self, task_id: uuid.UUID, author_id: uuid.UUID | None) -> None:
        await self._conn.execute(
            postgresql.insert(comments_table)
            .values([{"task_id": task_id, "author_id": author_id, "body": ""}])
            .on_conflict_do_nothing()
        )

    async def reassign(self, task_id: uuid.UUID, user_id: uuid.UUID | None) -> None:
        await self._conn.execute(update(tasks).where(tasks.c.id == task_id).values({tasks.c.assignee_id: user_id}))

    async def rename(self, task_id: uuid.UUID, **values: Any) -> None:
        await self._conn.execute(tasks.update().where(tasks.c.id == task_id).values(title=values["title"]))

    async def copy(self, source: uuid.UUID, target: uuid.UUID) -> None:
        from sqlalchemy import literal, select
        await self._conn.execute(
            insert(tasks).from_select(
                ["project_id", "assignee_id", "title"],
                select(literal(target), tasks.c.assignee_id, tasks.c.title).where(tasks.c.project_id == source),
            )
        )

    async def purge(self, project_id: uuid.UUID) -> None:
        await self._conn.execute(delete(projects).where(projects.c.id == project_id))
