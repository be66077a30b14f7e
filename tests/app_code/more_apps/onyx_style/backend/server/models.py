from pydantic import BaseModel


class TaskRequest(BaseModel):
    title: str
    project_id: int
