from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from src.db.tables import ProjectRow, TaskRow, UserRow
from src.domain import Task


class SqlTaskRepository:
    def __init__(self, session):
        self.session = session

    async def save(self, task: Task) -> None:
        self.session.add(self._to_row(task))
        await self.session.commit()

    def _to_row(self, task: Task) -> TaskRow:
        return TaskRow(id=task.id, project_id=task.project_id, assignee_id=task.assignee_id, title=task.title)

    async def add(self, project_id: int, title: str, user: UserRow) -> None:
        await self.session.execute(
            insert(TaskRow).values(project_id=project_id, assignee_id=user.id, title=title)
        )

    async def add_many(self, project: ProjectRow, titles: list[str]) -> None:
        await self.session.execute(
            insert(TaskRow),
            [{"project_id": project.id, "title": t} for t in titles],
        )

    async def upsert(self, project_id: int, user_id: int | None) -> None:
        stmt = pg_insert(TaskRow).values({"project_id": project_id, "assignee_id": user_id})
        stmt = stmt.on_conflict_do_update(index_elements=["id"], set_={"title": stmt.excluded.title})
        await self.session.execute(stmt)

    async def move(self, task_id: int, project_id: int) -> None:
        await self.session.execute(update(TaskRow).where(TaskRow.id == task_id).values(project_id=project_id))

    async def close(self, task_id: int) -> None:
        await self.session.execute(update(TaskRow).where(TaskRow.project_id == task_id).values(title="closed"))

    async def remove(self, task_id: int) -> None:
        await self.session.execute(delete(TaskRow).where(TaskRow.id == task_id))

    async def new_project(self, owner: UserRow, team_id: int) -> None:
        project = ProjectRow(team_id=team_id, owner_id=owner.id, tasks=[TaskRow(title="first", assignee=owner)])
        self.session.add(project)

    async def find(self, task_id: int):
        row = await self.session.scalar(select(TaskRow).where(TaskRow.id == task_id))
        return row
