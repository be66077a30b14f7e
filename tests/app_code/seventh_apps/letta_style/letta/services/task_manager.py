from typing import List, Optional

from sqlalchemy import delete, insert, select

from letta.orm.task import Comment as CommentModel
from letta.orm.task import Task as TaskModel
from letta.schemas.task import CommentUpdate, Task as PydanticTask
from letta.server.db import db_registry


class TaskManager:
    async def create_task_async(self, pydantic_task: PydanticTask, actor) -> PydanticTask:
        async with db_registry.async_session() as session:
            task = TaskModel(**pydantic_task.model_dump(to_orm=True))
            await task.create_async(session, actor=actor)
            return task

    async def create_comments(self, task_id: str, bodies: List[str], actor) -> None:
        async with db_registry.async_session() as session:
            values = [{"task_id": task_id, "author_id": actor.id, "body": b} for b in bodies]
            await session.execute(insert(CommentModel).values(values))
            await session.commit()

    async def add_anonymous(self, task_id: str, body: str) -> None:
        async with db_registry.async_session() as session:
            await CommentModel(task_id=task_id, body=body).create_async(session)

    async def update_comment(self, comment_id: str, update: CommentUpdate) -> None:
        async with db_registry.async_session() as session:
            comment = await session.get(CommentModel, comment_id)
            for key, value in update.model_dump(exclude_unset=True, exclude_none=True).items():
                setattr(comment, key, value)
            await session.commit()

    async def delete_task(self, task_id: str) -> None:
        async with db_registry.async_session() as session:
            task = (await session.execute(select(TaskModel).where(TaskModel.id == task_id))).scalar_one()
            await task.hard_delete_async(session)
