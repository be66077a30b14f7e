import logging
from collections.abc import Mapping
from typing import Any, Optional, Union

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from extensions.ext_database import db
from libs.login import current_user
from models import Comment, Project, Task
from models.account import Account, EndUser

logger = logging.getLogger(__name__)


class TaskService:
    @staticmethod
    def create_task(project: Project, args: Mapping[str, Any], account: Optional[Account]) -> Task:
        task = Task(
            project_id=project.id,
            title=args.get("title", ""),
            assignee_id=account.id if account else None,
        )
        db.session.add(task)
        db.session.commit()
        return task

    @classmethod
    def comment(cls, task_id: str, user: Union[Account, EndUser], text: str) -> Comment:
        with Session(db.engine, expire_on_commit=False) as session:
            comment = Comment(task_id=task_id, body=text)
            if isinstance(user, Account):
                comment.author_id = user.id
            session.add(comment)
            session.commit()
            return comment

    @classmethod
    def comment_as_admin(cls, task_id: str, text: str):
        comment = Comment(task_id=task_id, author_id=current_user.id, body=text)
        db.session.add(comment)
        db.session.flush()

    @staticmethod
    def delete_project(tenant_id: str, project_id: str) -> None:
        with Session(db.engine) as session, session.begin():
            tasks = session.scalars(select(Task).where(Task.project_id == project_id)).all()
            for task in tasks:
                session.delete(task)
            session.execute(delete(Project).where(Project.id == project_id, Project.team_id == tenant_id))
        logger.info("delete from projects %s", project_id)

    @staticmethod
    def assign(task: Task, account: Account | None) -> Task:
        task.assignee_id = account.id if account else None
        db.session.commit()
        return task

    @staticmethod
    def take_over(old_id: str, new_id: str):
        db.session.query(Task).filter(Task.assignee_id == old_id).update({Task.assignee_id: new_id}, synchronize_session=False)
        db.session.execute(update(Comment).where(Comment.author_id == old_id).values(author_id=new_id))
        db.session.query(Comment).filter_by(author_id=old_id).update({"body": ""})

    @staticmethod
    def import_tasks(project_id: str, rows: list[dict[str, Any]]):
        tasks: list[Task] = []
        for row in rows:
            tasks.append(Task(project_id=project_id, title=row["title"], assignee_id=row.get("assignee_id")))
        db.session.bulk_save_objects(tasks)
        db.session.commit()

    @staticmethod
    def copy_task(task_id: str) -> dict:
        task = Task(title="draft", project_id="")
        return {"title": task.title}
