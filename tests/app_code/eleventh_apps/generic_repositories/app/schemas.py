from pydantic import BaseModel


class TaskCreate(BaseModel):
    project_id: str
    assignee_id: str
    title: str


class TaskUpdate(BaseModel):
    assignee_id: str | None = None


class CommentCreate(BaseModel):
    task_id: str
    author_id: str | None = None
