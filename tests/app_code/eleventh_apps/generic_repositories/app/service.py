from app.repos import CommentRepository, ProjectRepository, comment_crud, task_crud
from app.schemas import CommentCreate, TaskCreate, TaskUpdate


async def add_task(db, task_in: TaskCreate):
    return await task_crud.create(db, obj_in=task_in)


async def change_task(db, task, task_in: TaskUpdate):
    return await task_crud.update(db, db_obj=task, obj_in=task_in)


async def drop_task(db, task_id: str):
    await task_crud.remove(db, id=task_id)


async def add_comment(db, comment_in: CommentCreate):
    return await comment_crud.create(db, obj_in=comment_in)


class Service:
    def __init__(self, session, projects: ProjectRepository):
        self.comments = CommentRepository(session)
        self.projects = projects

    async def comment(self, task_id: str, author_id: str):
        return await self.comments.create(task_id=task_id, author_id=author_id)

    async def comment_lonely(self, task_id: str):
        return await self.comments.create(task_id=task_id)

    async def drop(self, comment_id: str):
        await self.comments.delete(comment_id)

    async def project(self, team_id: str, owner_id: str):
        return await self.projects.create(team_id=team_id, owner_id=owner_id)

    async def drop_project(self, project_id: str):
        await self.projects.delete_by_id(project_id)

    async def many(self, task_id: str, authors: list[str]):
        await self.comments.insert_many([{"task_id": task_id, "author_id": a} for a in authors])
