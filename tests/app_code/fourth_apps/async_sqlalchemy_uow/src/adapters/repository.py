from sqlalchemy import insert, update

from src.adapters.orm import tasks


class TaskRepository:
    def __init__(self, session):
        self.session = session

    async def add_row(self, project_id: str, assignee_id: str, title: str):
        stmt = insert(tasks).values(project_id=project_id, assignee_id=assignee_id, title=title).returning(tasks.c.id)
        return (await self.session.execute(stmt)).scalar_one()

    async def reassign(self, task_id: str, assignee_id: str | None):
        values = {"assignee_id": assignee_id}
        await self.session.execute(update(tasks).where(tasks.c.id == task_id).values(**values))

    async def import_rows(self, rows: list[dict], project_id: str):
        prepared = [dict(row, project_id=project_id) for row in rows]
        await self.session.execute(tasks.insert(), prepared)
