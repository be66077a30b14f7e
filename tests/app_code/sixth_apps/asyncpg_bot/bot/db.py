import json
from typing import Any, Iterable, Optional

import asyncpg


class Database:
    def __init__(self, pool: asyncpg.Pool):
        self._pool = pool

    async def execute(self, query: str, *args: Any) -> str:
        async with self._pool.acquire() as conn:
            return await conn.execute(query, *args)

    async def fetchval(self, query: str, *args: Any):
        async with self._pool.acquire() as conn:
            return await conn.fetchval(query, *args)


class TaskStore(Database):
    async def add(self, project_id: int, title: str, *, assignee_id: Optional[int] = None) -> int:
        query = """INSERT INTO tasks (project_id, assignee_id, title)
                   VALUES ($1, $2, $3)
                   RETURNING id;
                """
        return await self.fetchval(query, project_id, assignee_id, title)

    async def comment(self, ctx, task_id: int, text: str) -> None:
        await self.execute("INSERT INTO comments (task_id, author_id, body) VALUES ($1, $2, $3)", task_id, ctx.author.id, text)

    async def bulk_comments(self, items: Iterable[tuple[int, int, str]]) -> None:
        async with self._pool.acquire() as conn:
            await conn.copy_records_to_table("comments", records=items, columns=["task_id", "author_id", "body"])

    async def many(self, project_id, titles):
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.executemany("INSERT INTO tasks (project_id, title) VALUES ($1, $2)", [(project_id, t) for t in titles])

    async def unnested(self, project_id: int, titles: list[str]):
        sql = "INSERT INTO tasks (project_id, title) SELECT $1, x.title FROM unnest($2::text[]) AS x(title)"
        await self.execute(sql, project_id, titles)

    async def upsert_project(self, **fields):
        columns = ", ".join(fields)
        values = ", ".join(f"${i}" for i, _ in enumerate(fields, start=1))
        updates = ", ".join(f"{c} = EXCLUDED.{c}" for c in fields if c != "id")
        await self.execute(f"INSERT INTO projects ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {updates}", *fields.values())

    async def ensure(self, project_id, team_id, owner_id):
        await self.upsert_project(id=project_id, team_id=team_id, owner_id=owner_id)

    async def drop(self, project_id: int) -> bool:
        status = await self.execute("DELETE FROM tasks t USING projects p WHERE t.project_id = p.id AND p.id = $1", project_id)
        status = await self.execute("DELETE FROM projects WHERE id = $1", project_id)
        return status == "DELETE 1"
