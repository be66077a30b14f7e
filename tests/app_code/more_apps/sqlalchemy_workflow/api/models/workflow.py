from datetime import datetime
from enum import StrEnum
from typing import Optional
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base
from .types import StringUUID


class TaskStatus(StrEnum):
    OPEN = "open"


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="task_pkey"),
        sa.Index("task_project_idx", "project_id"),
    )

    id: Mapped[str] = mapped_column(StringUUID, default=lambda: str(uuid4()))
    project_id: Mapped[str] = mapped_column(StringUUID)
    assignee_id: Mapped[Optional[str]] = mapped_column(StringUUID)
    title: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(20), default=TaskStatus.OPEN)

    @classmethod
    def new(cls, *, project_id: str, assignee_id: str | None, title: str) -> "Task":
        task = Task()
        task.id = str(uuid4())
        task.project_id = project_id
        task.assignee_id = assignee_id
        task.title = title
        return task


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[str] = mapped_column(StringUUID, primary_key=True)
    task_id: Mapped[str] = mapped_column(StringUUID)
    author_id: Mapped[str] = mapped_column(StringUUID)
    body: Mapped[str] = mapped_column(sa.Text)
