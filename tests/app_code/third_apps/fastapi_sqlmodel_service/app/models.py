from typing import Optional
from uuid import UUID, uuid4

from sqlmodel import Field, Relationship, SQLModel


class Task(SQLModel, table=True):
    __tablename__ = "tasks"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    project_id: Optional[UUID] = Field(default=None, foreign_key="projects.id")
    assignee_id: Optional[UUID] = Field(default=None, foreign_key="users.id")
    title: str
    comments: list["Comment"] = Relationship(back_populates="task")


class Comment(SQLModel, table=True):
    __tablename__ = "comments"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    task_id: UUID = Field(foreign_key="tasks.id")
    author_id: Optional[UUID] = Field(default=None, foreign_key="users.id")
    body: str
    task: Task = Relationship(back_populates="comments")
