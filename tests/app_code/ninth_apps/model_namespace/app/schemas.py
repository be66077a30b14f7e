from typing import Optional

from pydantic import BaseModel


class OrmModel(BaseModel):
    def dump_for_orm(self, *, include=None, exclude=None, exclude_unset: bool = False) -> dict:
        flat = self.model_dump(include=include, exclude=exclude, exclude_unset=exclude_unset)
        for key, value in self:
            if key in flat and isinstance(value, BaseModel):
                flat[key] = value
        return flat


class TaskIn(OrmModel):
    project_id: str
    assignee_id: Optional[str] = None
    title: str


class CommentIn(OrmModel):
    task_id: str
    author_id: str
    body: str
