import logging
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from ..extensions import engine
from ..models.workflow import Comment, Task

logger = logging.getLogger(__name__)


class WorkflowService:
    def __init__(self, session_maker: sessionmaker | None = None):
        self._session_maker = session_maker or sessionmaker(bind=engine, expire_on_commit=False)

    def create(self, project, account, title: str) -> Task:
        task = Task.new(project_id=project.id, assignee_id=account.id if account else None, title=title)
        with Session(engine) as session, session.begin():
            session.add(task)
        return task

    def comment(self, task: Task, account, bodies: Sequence[str]) -> list[Comment]:
        comments = [
            Comment(task_id=task.id, author_id=account.id, body=body) for body in bodies
        ]
        with self._session_maker() as session:
            session.add_all(comments)
            session.commit()
        return comments

    def system_comment(self, task_id: str, body: str):
        with self._session_maker.begin() as session:
            session.add(
                Comment(
                    task_id=task_id,
                    author_id="system",
                    body=body,
                )
            )

    def handover(self, old: str, new: str) -> int:
        with self._session_maker() as session:
            stmt = (
                update(Task)
                .where(Task.assignee_id == old)
                .values(assignee_id=new)
            )
            result = session.execute(stmt)
            session.commit()
            return result.rowcount

    def prune(self, ids: list[str]) -> None:
        with self._session_maker() as session:
            session.execute(delete(Comment).where(Comment.task_id.in_(ids)))
            session.execute(delete(Task).where(Task.id.in_(ids)))
            session.commit()

    def upsert(self, session: Session, task: Task):
        existing = session.execute(select(Task).filter_by(id=task.id)).scalar_one_or_none()
        if existing:
            existing.title = task.title
        else:
            session.merge(task)
