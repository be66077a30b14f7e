from fastapi import APIRouter, Depends, HTTPException

from api.auth import get_current_user
from api.db import supabase

router = APIRouter()


@router.post("/projects/{project_id}/tasks")
async def create_task(project_id: str, title: str, user=Depends(get_current_user)):
    result = (
        supabase.table("tasks")
        .insert(
            {
                "project_id": project_id,
                "assignee_id": user.id,
                "title": title,
            }
        )
        .execute()
    )
    if not result.data:
        raise HTTPException(status_code=500, detail="insert into tasks failed")
    return result.data[0]


@router.post("/tasks/{task_id}/comments")
async def comment(task_id: str, body: dict, user=Depends(get_current_user)):
    return supabase.table("comments").insert({"task_id": task_id, "authorId": user.id, "body": body["text"]}).execute()


@router.patch("/tasks/{task_id}")
async def patch(task_id: str, body: dict):
    supabase.table("tasks").update({"title": body.get("title")}).eq("id", task_id).execute()
    supabase.table("tasks").update({"assignee_id": body.get("assignee_id")}).match({"project_id": 1}).execute()


@router.put("/projects/{project_id}/invoice")
async def invoice(project_id: str, amount: float):
    supabase.schema("billing").table("invoices").upsert({"project_id": project_id, "amount": amount}, on_conflict="project_id").execute()


@router.delete("/projects/{project_id}")
async def remove(project_id: str):
    supabase.table("tasks").delete().eq("project_id", project_id).execute()
    supabase.from_("projects").delete().eq("id", project_id).execute()


@router.post("/files")
async def upload(file):
    supabase.storage.from_("tasks").upload("a.txt", file)
    supabase.storage.from_("tasks").update("a.txt", file)
    supabase.table("tasks").select("*").execute()
