"""Handlers that put the schema of the tenant before each table's name."""


class Handler:
    def __init__(self, pool, tenant: str) -> None:
        self.pool = pool
        self.tenant = tenant

    def _table(self, name: str) -> str:
        return f'"{self.tenant}"."{name}"'

    async def run(self, query: str, params: dict) -> list:
        async with self.pool.acquire() as connection:
            return await connection.fetch(query, *params.values())


class TaskHandler(Handler):
    TABLE = "tasks"

    async def add(self, project_id: str, title: str, assignee_id: str | None = None) -> None:
        await self.pool.execute(
            f"INSERT INTO {self._table(self.TABLE)} (project_id, title, assignee_id)"
            " VALUES ($1, $2, $3)",
            project_id,
            title,
            assignee_id,
        )

    async def retire(self, task_id: str) -> None:
        await self.pool.execute(f"DELETE FROM {self._table('tasks')} WHERE id = $1", task_id)

    async def archive(self, project_id: str, title: str) -> None:
        # a table that no key of the migration stands on
        query = f"INSERT INTO {self._table('tasks_archive')} (project_id, title) VALUES ($1, $2)"
        await self.pool.execute(query, project_id, title)


class CommentHandler(Handler):
    async def add(self, comment: dict, author_id: str) -> None:
        query = f"""
        INSERT INTO {self._table("comments")} (task_id, author_id, body)
        VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body
        """
        params = {
            "task": comment.get("task_id"),
            "author": author_id,
            "body": comment["body"],
        }
        await self.run(query, params)

    async def put(self, project_id: str, name: str, team_id: str | None, owner_id: str) -> None:
        data = {"id": project_id, "name": name, "team_id": team_id, "owner_id": owner_id}
        data = {key: value for key, value in data.items() if value is not None}
        columns = ", ".join(f'"{key}"' for key in data.keys())
        values = ", ".join(f":{key}" for key in data.keys())
        updates = ", ".join(f'"{key}" = EXCLUDED."{key}"' for key in data.keys() if key != "id")
        query = f"""
            INSERT INTO projects ({columns})
            VALUES ({values})
            ON CONFLICT (id) DO UPDATE SET {updates};
        """
        await self.run(query, data)

    async def load(self, connection, task_id: str, bodies: list[str], author_id: str | None) -> None:
        records = [(task_id, author_id, body) for body in bodies]
        await connection.copy_records_to_table(
            "comments", records=records, columns=["task_id", "author_id", "body"]
        )
