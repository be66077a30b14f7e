from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.db.models import Comment
from backend.db.models import Task
from backend.db.models import User
from backend.server.models import TaskRequest


def create_task(db_session: Session, request: TaskRequest, user: User | None) -> Task:
    task = Task(
        title=request.title,
        project_id=request.project_id,
        assignee_id=user.id if user else None,
    )
    db_session.add(task)
    db_session.commit()
    return task


def create_tasks__no_commit(project_id: int, titles: list[str], user_id: int, db_session: Session) -> None:
    insert_stmt = insert(Task).values(
        [{"project_id": project_id, "title": title, "assignee_id": user_id} for title in titles]
    )
    on_conflict_stmt = insert_stmt.on_conflict_do_nothing()
    db_session.execute(on_conflict_stmt)


def get_or_create_task(db_session: Session, project_id: int, title: str) -> Task:
    existing = db_session.scalar(select(Task).where(Task.title == title))
    if existing:
        return existing
    new_task = Task(project_id=project_id, title=title)
    new_task.comments = [Comment(body="hello", author=None)]
    db_session.add(new_task)
    db_session.flush()
    return new_task


def add_comment(db_session: Session, task_id: int, user: User, body: str) -> None:
    task = db_session.get(Task, task_id)
    if task is None:
        raise ValueError(f"insert into comments failed for {task_id}")
    task.comments.append(Comment(body=body, author_id=user.id))
    db_session.commit()


def delete_task(db_session: Session, task_id: int, user: User) -> None:
    task = db_session.scalars(select(Task).where(Task.id == task_id)).one_or_none()
    if not task:
        return
    for comment in task.comments:
        db_session.delete(comment)
    db_session.delete(task)
    db_session.commit()
