import uuid
from typing import Any

from fastapi import APIRouter, HTTPException
from sqlmodel import col, delete, func, select

from app.api.deps import CurrentUser, SessionDep
from app.models import Project, ProjectCreate, Task, User

router = APIRouter(prefix="/projects", tags=["projects"])


@router.post("/", response_model=Project)
def create_item(*, session: SessionDep, current_user: CurrentUser, item_in: ProjectCreate) -> Any:
    item = Project.model_validate(item_in, update={"owner_id": current_user.id})
    session.add(item)
    session.commit()
    session.refresh(item)
    return item


@router.delete("/{id}")
def delete_item(session: SessionDep, current_user: CurrentUser, id: uuid.UUID):
    item = session.get(Project, id)
    if not item:
        raise HTTPException(status_code=404, detail="Item not found")
    session.exec(delete(Task).where(col(Task.project_id) == id))
    session.delete(item)
    session.commit()


@router.delete("/me")
def delete_user_me(session: SessionDep, current_user: CurrentUser) -> Any:
    session.delete(current_user)
    session.commit()
