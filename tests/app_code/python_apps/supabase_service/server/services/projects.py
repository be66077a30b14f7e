import logging
from typing import Any, Dict, List, Optional

from supabase import Client, create_client

from server.config import settings

logger = logging.getLogger(__name__)

_client: Optional[Client] = None


def get_supabase() -> Client:
    global _client
    if _client is None:
        _client = create_client(settings.SUPABASE_URL, settings.SUPABASE_KEY)
    return _client


def create_project(name: str, owner_id: str, team_id: Optional[str] = None) -> Dict[str, Any]:
    supabase = get_supabase()
    project_data: Dict[str, Any] = {
        "name": name,
        "owner_id": owner_id,
    }
    if team_id is not None:
        project_data["team_id"] = team_id

    response = supabase.table("projects").insert(project_data).execute()
    return response.data[0]


def create_tasks(project: Dict[str, Any], titles: List[str], user: Optional[dict]) -> List[dict]:
    if not titles:
        return []
    assignee_id = user.get("id") if user else None
    payload = [
        {"title": t, "project_id": project["id"], "assignee_id": assignee_id, "position": i}
        for i, t in enumerate(titles)
    ]
    return get_supabase().table("tasks").insert(payload).execute().data


def save_comment(comment: dict, user_id: str) -> None:
    comment.pop("id", None)
    comment = {**comment, "author_id": user_id}
    try:
        get_supabase().table("comments").insert(comment).execute()
    except Exception as exc:
        logger.warning("could not insert into comments: %s", exc)


def upsert_invoice(project_id: str, amount: float) -> None:
    row = dict(project_id=project_id, amount=amount, status="open")
    (
        get_supabase()
        .schema("billing")
        .from_("invoices")
        .upsert(row, on_conflict="project_id")
        .execute()
    )


def transfer(project_id: str, new_owner: str):
    get_supabase().table("projects").update({"owner_id": new_owner}).eq("id", project_id).execute()
    get_supabase().table("projects").update({"archived": True}).eq("owner_id", new_owner).execute()


class ProjectStore:
    def __init__(self, client: Client):
        self.client = client
        self._table = self.client.table("projects")

    def rename(self, project_id: str, name: str):
        self._table.update({"name": name}).eq("id", project_id).execute()

    def add(self, name, owner):
        record = {"name": name}
        record["owner_id"] = owner["id"]
        record["team_id"] = owner.get("team_id") or self.default_team()
        return self._table.insert(record).execute()

    def default_team(self) -> str:
        return self.client.table("teams").select("id").limit(1).execute().data[0]["id"]
