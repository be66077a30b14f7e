from typing import Optional, cast

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from core.extensions import db
from core.models.work import Project, Task


class TaskService:
    @staticmethod
    def create_task(args: dict, account, project_id: str) -> Task:
        project = db.session.query(Project).filter(Project.id == project_id).first()
        if not project:
            raise NotFound("Project not found")
        task = Task(title=args["title"])
        task.project_id = project.id
        task.assignee_id = account.id
        db.session.add(task)
        db.session.flush()
        db.session.commit()
        return task

    @classmethod
    def duplicate(cls, task_id: str) -> Task:
        source = db.session.scalar(select(Task).where(Task.id == task_id))
        if source is None:
            raise ValueError("no such task")
        copy = Task(title=source.title, project_id=source.project_id, assignee_id=source.assignee_id)
        db.session.add(copy)
        db.session.commit()
        return copy

    @classmethod
    def import_tasks(cls, project: Project, rows: list[dict], account_id: Optional[str] = None):
        tasks = []
        for row in rows:
            task = Task(project_id=project.id, title=row.get("title"), assignee_id=account_id)
            tasks.append(task)
        db.session.bulk_save_objects(tasks)
        db.session.commit()

    @staticmethod
    def delete_project(project: Project):
        db.session.query(Task).where(Task.project_id == project.id).delete(synchronize_session=False)
        db.session.delete(project)
        db.session.commit()
