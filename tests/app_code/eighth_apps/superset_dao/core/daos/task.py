from core.daos.base import BaseDAO
from core.extensions import db
from core.models.task import Comment, Task


class TaskDAO(BaseDAO[Task]):
    @classmethod
    def add_comment(cls, task: Task, user_id: int, body: str) -> Comment:
        comment = Comment(body=body)
        comment.task = task
        comment.author_id = user_id
        db.session.add(comment)
        return comment

    @staticmethod
    def clone(task: Task, project_id: int) -> Task:
        new_task = Task()
        new_task.title = task.title
        new_task.project_id = project_id
        db.session.add(new_task)
        return new_task
