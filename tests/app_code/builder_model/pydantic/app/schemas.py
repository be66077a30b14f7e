from typing import Optional
from uuid import UUID

from pydantic import BaseModel, Field


class TaskBase(BaseModel):
    title: str
    body: str = ""


class TaskCreate(TaskBase):
    project_id: UUID
    assignee_id: Optional[UUID] = None


class CommentCreate(BaseModel):
    task_id: UUID
    author_id: UUID = Field(alias="authorId")
    body: str


class InvoiceIn(BaseModel):
    project_id: UUID
    amount: float
    note: str | None = None
