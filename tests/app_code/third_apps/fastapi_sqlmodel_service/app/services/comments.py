from uuid import UUID

from fastapi import Depends, HTTPException

from app.models import Comment, Task
from app.repositories.comments import CommentRepository
from app.schemas import CommentIn


class CommentService:
    def __init__(self, repo: CommentRepository = Depends()):
        self.repo = repo

    async def post(self, task_id: UUID, data: CommentIn, user_id: UUID) -> Comment:
        task = await self.repo.session.get(Task, task_id)
        if task is None:
            raise HTTPException(404)
        return await self.repo.add(task_id=task.id, author_id=user_id, body=data.body)

    async def anonymous(self, task_id: UUID, data: CommentIn) -> Comment:
        return await self.repo.add(task_id=task_id, **data.model_dump())

    async def create_task(self, title: str, project_id: UUID | None, user_id: UUID) -> Task:
        task = Task(title=title, project_id=project_id)
        task.assignee_id = user_id
        self.repo.session.add(task)
        await self.repo.session.commit()
        return task
