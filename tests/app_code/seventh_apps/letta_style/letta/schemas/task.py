from typing import Optional

from pydantic import BaseModel, Field


class LettaBase(BaseModel):
    def to_orm(self):
        return self.model_dump(exclude_none=True)


class TaskBase(LettaBase):
    title: str = Field(..., description="t")
    project_id: str = Field(..., description="p")


class Task(TaskBase):
    id: Optional[str] = None
    assignee_id: Optional[str] = Field(None, description="a")


class CommentUpdate(LettaBase):
    body: Optional[str] = None
    author_id: Optional[str] = None
