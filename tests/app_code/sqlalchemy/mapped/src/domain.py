from dataclasses import dataclass


@dataclass
class Task:
    id: int
    project_id: int
    title: str
    assignee_id: int | None = None
