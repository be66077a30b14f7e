from app.models import Task


async def one(db, project, user):
    await Task.upsert(
        db, schema={"project_id": project.id, "assignee_id": user.id}, constraints=[Task.id]
    )


async def two(db, project, user):
    await Task.upsert_many(
        db, objects=[{"project_id": project.id, "assignee_id": user.id}], constraints=[Task.id]
    )
