from databases import Database
from sqlalchemy.sql import func

from app.tables import comments, projects, tasks

database = Database("postgresql://")


async def post_task(payload, project_id: int, user):
    query = tasks.insert().values(title=payload.title, project_id=project_id, assignee_id=user["id"])
    return await database.execute(query=query)


async def post_comment(task_id: int, body: str):
    query = comments.insert()
    values = {"task_id": task_id, "body": body}
    return await database.execute(query=query, values=values)


async def raw(team_id, owner_id):
    query = "INSERT INTO projects(team_id, owner_id, name) VALUES (:team, :owner, :name)"
    values = [{"team": team_id, "owner": None, "name": "x"}]
    await database.execute_many(query=query, values=values)


async def put(id: int, payload):
    query = tasks.update().where(id == tasks.c.id).values(**payload.dict(exclude_unset=True)).returning(tasks.c.id)
    return await database.execute(query=query)


async def remove(id: int):
    return await database.execute(query=projects.delete().where(id == projects.c.id))
