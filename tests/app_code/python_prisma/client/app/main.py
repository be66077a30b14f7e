from prisma import Prisma

db = Prisma()


async def create(project_id: str, user_id: str | None):
    await db.task.create(data={"projectId": project_id, "assigneeId": user_id, "title": "x"})
    await db.task.update(where={"id": project_id}, data={"title": "y"})
    await db.task.delete(where={"id": project_id})
