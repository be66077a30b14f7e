import sqlalchemy as sa

from app import schemas
from app.database import Database


async def create_task(db: Database, session, task: schemas.TaskIn):
    row = db.Task(**task.dump_for_orm(exclude_unset=True))
    session.add(row)
    await session.flush()
    return row


async def create_comment(db: Database, session, comment: schemas.CommentIn):
    await session.execute(
        db.queries.insert(db.Comment)
        .values(**comment.dump_for_orm())
        .on_conflict_do_nothing(index_elements=["id"])
    )


async def change_task(db: Database, session, task_id: str, task: schemas.TaskIn):
    await session.execute(
        sa.update(db.Task)
        .where(db.Task.id == task_id)
        .values(**task.dump_for_orm(exclude={"assignee_id"}))
    )


async def drop_task(db: Database, session, task_id: str):
    await session.execute(sa.delete(db.Comment).where(db.Comment.task_id == task_id))
    await session.execute(sa.delete(db.Task).where(db.Task.id == task_id))


async def schedule(cache, pool, task_id: str):
    worker = pool.Task(task_id)
    cache.insert(task_id)
    return worker
