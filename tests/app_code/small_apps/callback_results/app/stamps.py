from asyncio import to_thread

import sqlalchemy as sa

metadata = sa.MetaData()
tasks = sa.Table("tasks", metadata, sa.Column("id", sa.Uuid, primary_key=True),
                 sa.Column("project_id", sa.Uuid), sa.Column("assignee_id", sa.Uuid))
users = sa.Table("users", metadata, sa.Column("id", sa.Uuid, primary_key=True))


class Keeper:
    person = None

    def __init__(self, pool, person):
        self.pool = pool
        self.person = person

    async def stamp(self, project_id: str, name: str | None):
        def work(connection):
            user_id = None
            if name:
                made = connection.execute(users.insert(), {"email": name})
                user_id = made.inserted_primary_key[0]
            return user_id

        assignee_id = await self.pool.run(work)
        await self.pool.execute(
            tasks.insert().values(project_id=project_id, assignee_id=assignee_id)
        )

    def stamped(self, project_id: str):
        def work(connection):
            return str(connection.next_user())

        assignee_id = yield self.pool.run(work)
        yield self.pool.execute(
            tasks.insert().values(project_id=project_id, assignee_id=assignee_id)
        )

    async def looked_up(self, project_id: str, found: dict):
        assignee_id = await to_thread(lambda: found.get("user"))
        await self.pool.execute(
            tasks.insert().values(project_id=project_id, assignee_id=assignee_id)
        )

    async def own(self, project_id: str):
        await self.pool.execute(
            tasks.insert().values(project_id=project_id, assignee_id=self.person)
        )
