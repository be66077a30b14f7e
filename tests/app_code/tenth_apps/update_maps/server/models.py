import uuid
from typing import Optional

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Task(Base):
    __tablename__ = "tasks"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"))
    assignee_id: Mapped[Optional[uuid.UUID]] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    status: Mapped[str]

    project: Mapped["Project"] = relationship()

    def __init__(self, title, project_id=None, project_slug=None, assignee_id=None):
        self.title = title
        if project_id is not None:
            self.project_id = project_id
        elif project_slug:
            self.project_id = find_project(project_slug)
        if assignee_id:
            self.assignee_id = assignee_id


class Comment(Base):
    __tablename__ = "comments"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
