from fastapi import APIRouter, Depends

from app import crud, schemas
from app.api import deps

router = APIRouter()


@router.post("/")
def create_task(*, db=Depends(deps.get_db), task_in: schemas.task.TaskCreate, user=Depends(deps.user)):
    return crud.task.create_with_assignee(db=db, obj_in=task_in, assignee_id=user.id)


@router.post("/plain")
def create_plain(*, db=Depends(deps.get_db), task_in: schemas.task.TaskCreate):
    return crud.task.create(db=db, obj_in=task_in)
