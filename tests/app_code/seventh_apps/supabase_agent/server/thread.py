import uuid
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional

from .db import DBConnection


class ThreadManager:
    def __init__(self):
        self.db = DBConnection()

    async def create_task(self, project_id: Optional[str] = None, account_id: Optional[str] = None, title: str = "") -> str:
        client = await self.db.client
        data: Dict[str, Any] = {"id": str(uuid.uuid4()), "title": title}
        if project_id:
            data["project_id"] = project_id
        if account_id is not None:
            data["assignee_id"] = account_id
        result = await client.table("tasks").insert(data).execute()
        return result.data[0]["id"]

    async def add_comment(self, task_id: str, content: Dict[str, Any], user_id: Optional[str] = None):
        client = await self.db.client
        data_to_insert = {
            "task_id": task_id,
            "body": content.get("text"),
            "author_id": user_id or content["user_id"],
        }
        try:
            result = await client.table("comments").insert(data_to_insert, returning="representation").execute()
            return result.data[0]
        except Exception as e:
            print(f"Failed to insert into comments: {e}")
            raise

    async def start(self, user: dict, name: str):
        client = await self.db.client
        project = await client.table("projects").insert({"owner_id": user["id"], "team_id": user.get("team_id"), "name": name}).execute()
        project_id = project.data[0]["id"]
        await client.from_("tasks").insert([{"project_id": project_id, "assignee_id": user["id"], "title": t} for t in ("a", "b")]).execute()
        await client.schema("billing").from_("invoices").insert(dict(project_id=project_id)).execute()
        await client.storage.from_("projects").upload("x", b"")

    async def archive(self, project_id: str):
        client = await self.db.client
        await client.table("projects").update({"archived": True}).eq("id", project_id).execute()
        await client.table("tasks").delete().eq("project_id", project_id).execute()
        await (
            client.table("tasks_archive")
            .insert({"project_id": project_id})
            .execute()
        )
