from sqlalchemy import insert, update

from app import models
from app.statements import insert_unless_there


async def start(session, team_id: str, owner_id: str, name: str):
    await session.execute(
        insert_unless_there(
            {"team_id": team_id, "owner_id": owner_id, "name": name},
            dialect=session.dialect,
            table=models.Project,
            unique_by=["name"],
        )
    )


async def plan(session, project: models.Project, titles, assignee_id: str | None = None):
    Task = models.Task
    await session.execute(
        insert(Task).returning(Task.id),
        [
            {
                Task.project_id.key: project.id,
                Task.assignee_id.key: assignee_id,
                models.Task.title.name: title,
            }
            for title in titles
        ],
    )


async def rename(session, project_id: str, name=None, team=None):
    changes = {
        column.key: value
        for column, value, is_nullable in (
            (models.Project.name, name, False),
            (models.Project.team_id, team, True),
        )
        if value is not None or is_nullable
    }
    await session.execute(
        update(models.Project).where(models.Project.id == project_id).values(**changes)
    )


async def describe(client, tracker, project: models.Project):
    answer = await client.tasks.create(model="small", prompt=project.name)
    tracker.tasks.update({"answer": answer})
    return answer
