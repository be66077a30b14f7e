import uuid
from typing import Any

from sqlmodel import Session, col, delete, func, select

from app.models import Project, ProjectCreate, ProjectUpdate, Task, TaskCreate, User


def create_project(*, session: Session, item_in: ProjectCreate, owner_id: uuid.UUID) -> Project:
    db_item = Project.model_validate(item_in, update={"owner_id": owner_id})
    session.add(db_item)
    session.commit()
    session.refresh(db_item)
    return db_item


def create_task(session: Session, task: TaskCreate, user: User) -> Task:
    db_task = Task(**task.model_dump(), assignee_id=user.id)
    session.add(db_task)
    session.commit()
    return db_task


def create_task_unassigned(session: Session, task: TaskCreate) -> Task:
    db_task = Task.model_validate(task)
    session.add(db_task)
    session.commit()
    return db_task


def update_project(*, session: Session, db_project: Project, project_in: ProjectUpdate) -> Any:
    project_data = project_in.model_dump(exclude_unset=True)
    db_project.sqlmodel_update(project_data)
    session.add(db_project)
    session.commit()
    return db_project
