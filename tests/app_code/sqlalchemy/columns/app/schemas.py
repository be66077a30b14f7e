from pydantic import BaseModel


class TaskIn(BaseModel):
    project_id: str
    title: str
