from typing import Optional

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from letta.orm.base import ProjectMixin, SqlalchemyBase


class Task(SqlalchemyBase, ProjectMixin):
    __tablename__ = "tasks"
    assignee_id: Mapped[Optional[str]] = mapped_column(ForeignKey("users.id"), nullable=True)
    title: Mapped[Optional[str]] = mapped_column(doc="title")


class Comment(SqlalchemyBase):
    __tablename__ = "comments"
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    author_id: Mapped[Optional[str]] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str]
