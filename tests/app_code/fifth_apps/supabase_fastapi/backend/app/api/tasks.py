from datetime import datetime, timezone
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, status
from supabase import Client

from app.api.deps import CurrentUser
from app.core.db import get_supabase
from app.schemas.task import CommentCreate, TaskCreate, TaskUpdate

router = APIRouter(prefix="/tasks")
DB = Annotated[Client, Depends(get_supabase)]

TABLE = "tasks"


@router.post("/", status_code=201)
async def create_task(payload: TaskCreate, db: DB, user: CurrentUser):
    data = payload.model_dump(mode="json")
    data["assignee_id"] = data.get("assignee_id") or str(user.id)
    res = db.table(TABLE).insert(data).execute()
    if not res.data:
        raise HTTPException(500, "insert into tasks failed")
    return res.data[0]


@router.patch("/{task_id}")
async def update_task(task_id: UUID, payload: TaskUpdate, db: DB):
    changes = payload.model_dump(exclude_unset=True, mode="json")
    if not changes:
        raise HTTPException(400)
    changes["updated_at"] = datetime.now(timezone.utc).isoformat()
    return db.table(TABLE).update(changes).eq("id", str(task_id)).execute().data


@router.post("/{task_id}/comments")
async def add_comment(task_id: UUID, payload: CommentCreate, db: DB, user: CurrentUser):
    row = {**payload.model_dump(by_alias=True), "task_id": str(task_id), "author_id": user.id if user else None}
    return db.from_("comments").insert(row).execute().data


@router.post("/batch")
def batch(items: list[TaskCreate], db: DB):
    rows = [i.model_dump(mode="json", exclude_none=True) for i in items]
    return db.table("tasks").insert(rows).execute().data


@router.post("/{task_id}/invoice")
def invoice(task_id: str, db: DB):
    task = db.table("tasks").select("project_id").eq("id", task_id).single().execute().data
    db.schema("billing").table("invoices").upsert({"project_id": task["project_id"], "amount": 0}).execute()
    db.storage.from_("comments").upload("a.txt", b"")
    db.rpc("tasks", {"project_id": None}).execute()


@router.delete("/{task_id}")
def delete_task(task_id: str, db: DB):
    db.table("comments").delete().eq("task_id", task_id).execute()
    db.table("tasks").delete().eq("id", task_id).execute()
