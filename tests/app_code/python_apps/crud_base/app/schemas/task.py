from pydantic import BaseModel


class TaskCreate(BaseModel):
    title: str
    project_id: int


class TaskUpdate(BaseModel):
    title: str | None = None
