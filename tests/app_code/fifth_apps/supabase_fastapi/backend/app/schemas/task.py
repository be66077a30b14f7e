from typing import Optional
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class TaskBase(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    body: Optional[str] = None


class TaskCreate(TaskBase):
    project_id: UUID
    assignee_id: Optional[UUID] = None


class TaskUpdate(BaseModel):
    title: Optional[str] = None
    assignee_id: Optional[UUID] = None


class CommentCreate(BaseModel):
    content: str = Field(..., alias="body")
    task_id: UUID
