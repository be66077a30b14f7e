from fastapi import APIRouter

from . import schemas
from .schemas import CommentCreate, InvoiceIn, TaskCreate

router = APIRouter()


@router.post("/tasks")
def create_task(task: TaskCreate, db):
    return db.table("tasks").insert(task.model_dump()).execute()


@router.post("/tasks/lean")
def create_lean(task: schemas.TaskCreate, db):
    return db.table("tasks").insert(task.dict(exclude_none=True)).execute()


@router.post("/tasks/mine")
def create_mine(task: TaskCreate, db, user):
    data = task.model_dump(mode="json", exclude={"assignee_id"})
    data["assignee_id"] = user.id
    return db.table("tasks").insert(data).execute()


@router.post("/comments")
def create_comment(comment: CommentCreate, db):
    return db.table("comments").insert(comment.model_dump(mode="json")).execute()


@router.post("/comments/raw")
def create_comment_raw(comment: CommentCreate, db):
    return db.table("comments").insert(comment.model_dump(by_alias=True)).execute()


@router.post("/invoices")
def create_invoice(invoice: InvoiceIn, db):
    return db.schema("billing").table("invoices").insert({**invoice.model_dump(exclude={"note"}), "status": "open"}).execute()


@router.post("/tasks/bulk")
def create_many(tasks: list[TaskCreate], db):
    return db.table("tasks").insert([t.model_dump() for t in tasks]).execute()


@router.patch("/tasks/{task_id}")
def patch_task(task_id: str, task: TaskCreate, db):
    return db.table("tasks").update(task.model_dump(exclude={"project_id", "assignee_id"})).eq("id", task_id).execute()
