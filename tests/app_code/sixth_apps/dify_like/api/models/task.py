from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import String, func
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, TypeBase
from .engine import db


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (sa.PrimaryKeyConstraint("id", name="tasks_pkey"), sa.Index("tasks_project_idx", "project_id"))

    id = mapped_column(String, server_default=sa.text("uuid_generate_v4()"))
    project_id = mapped_column(String, nullable=False)
    assignee_id = mapped_column(String)
    title: Mapped[str] = mapped_column(String(255), nullable=False)
    created_at = mapped_column(sa.DateTime, server_default=func.current_timestamp())


class Comment(TypeBase):
    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(String, primary_key=True, init=False)
    task_id: Mapped[str] = mapped_column(String, nullable=False)
    author_id: Mapped[str | None] = mapped_column(String, nullable=True, default=None)
    body: Mapped[str] = mapped_column(String, default="")


class Project(Base):
    __tablename__ = "projects"

    id = mapped_column(String, primary_key=True)
    team_id = mapped_column(String, nullable=False)
    owner_id = mapped_column(String, nullable=True)
    name = mapped_column(String)
