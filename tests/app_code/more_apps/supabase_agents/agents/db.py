import os
from dataclasses import dataclass, field, asdict
from datetime import datetime, timezone
from typing import Any, Optional, TypedDict

from supabase import AsyncClient


class TaskRow(TypedDict, total=False):
    project_id: str
    assignee_id: str
    title: str


class FullRow(TypedDict):
    project_id: str
    assignee_id: Optional[str]
    title: str


@dataclass
class CommentRecord:
    task_id: str
    author_id: str
    body: str = ""
    meta: dict = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"task_id": self.task_id, "author_id": self.author_id, "body": self.body}


class DBConnection:
    _instance: Optional["DBConnection"] = None

    @property
    async def client(self) -> AsyncClient:
        return self._client


async def save_row(db: DBConnection, row: TaskRow):
    client = await db.client
    return await client.table("tasks").insert(row).execute()


async def save_full(db: DBConnection, row: FullRow):
    client = await db.client
    return await client.table("tasks").insert(dict(row)).execute()


async def save_record(db: DBConnection, record: CommentRecord):
    client = await db.client
    await client.table("comments").insert(record.to_dict()).execute()
    await client.table("comments").insert(asdict(record)).execute()


async def log_step(client, thread, *, user_id: str | None = None, **extra):
    message = {
        "task_id": thread["task_id"],
        "body": extra.get("body"),
        **({"author_id": user_id} if user_id else {}),
    }
    result = await client.table("comments").insert(message, returning="representation").execute()
    return result.data[0]


async def duplicate(client, task_id: str, user_id: str):
    task = (await client.table("tasks").select("*").eq("id", task_id).single().execute()).data
    new_task = {
        "title": f"Copy of {task['title']}",
        "project_id": task["project_id"],
        "assignee_id": user_id,
        "created_at": datetime.now(timezone.utc).isoformat(),
    }
    inserted = await client.table("tasks").insert(new_task).execute()
    comments = await client.table("comments").select("*").eq("task_id", task_id).execute()
    batch = []
    for c in comments.data:
        c_new = {k: v for k, v in c.items() if k not in ("id", "task_id", "author_id")}
        c_new["task_id"] = inserted.data[0]["id"]
        c_new["author_id"] = user_id
        batch.append(c_new)
    if batch:
        await client.table("comments").insert(batch).execute()


async def archive(client, project_id: str):
    await client.from_("projects").update({"archived": True, "owner_id": None}).eq("id", project_id).execute()
    await client.rpc("delete_tasks", {"p": project_id}).execute()
