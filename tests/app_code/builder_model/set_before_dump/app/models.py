from typing import Optional

from pydantic import BaseModel


class TaskIn(BaseModel):
    title: str
    project_id: Optional[str] = None
    assignee_id: Optional[str] = None


class TaskList(BaseModel):
    tasks: list[TaskIn]
