from typing import Optional

from fastapi import APIRouter, Depends
from sqlmodel import Field, Session, SQLModel

from app.db import Store, get_session, get_store, get_task, get_user

router = APIRouter()


class Task(SQLModel, table=True):
    __tablename__ = "tasks"
    id: Optional[int] = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="projects.id")
    assignee_id: Optional[int] = Field(default=None, foreign_key="users.id")


class Comment(SQLModel, table=True):
    __tablename__ = "comments"
    id: Optional[int] = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    author_id: Optional[int] = Field(default=None, foreign_key="users.id")


@router.post("/tasks")
def create_task(task: Task, session: Session = Depends(get_session)):
    session.add(task)
    session.commit()
    return task


@router.post("/comments")
def create_comment(comment: Comment, user=Depends(get_user), store: Store = Depends(get_store)):
    comment.author_id = user.id
    return store.keep(comment)


@router.post("/tasks/check")
def check_task(task: Task):
    return {"ready": bool(task.project_id)}


@router.patch("/tasks/{task_id}")
def give_task(task: Task = Depends(get_task), user=Depends(get_user)):
    task.assignee_id = user.id
    return task


def touch(task: Task, session: Session):
    session.add(task)
    session.commit()
