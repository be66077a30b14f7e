"""Rows that lie in a mapping until they are sent, or that are sent in batches."""

from itertools import batched

from sqlalchemy import ForeignKey, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Task(Base):
    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    assignee_id: Mapped[str] = mapped_column(ForeignKey("users.id"))


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    owner = relationship("User", primaryjoin="User.id == foreign(Project.owner_id)")


class Comment(Base):
    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))


def fill(session, project, titles, user):
    found = {}
    for title in titles:
        found[title] = {"project_id": project.id, "assignee_id": user.id, "title": title}
    session.execute(insert(Task), list(found.values()))


def comment(session, tasks, author):
    rows = [{"task_id": task.id, "author_id": author.id} for task in tasks]
    for part in batched(rows, 500):
        session.execute(insert(Comment), part)


def open_project(session, team, owner):
    session.add(Project(team_id=team.id, owner=owner))
