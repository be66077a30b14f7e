"""Rows that go to PostgREST through plain HTTP clients."""

import json
import os

import httpx
import requests

BASE = os.environ["API_URL"]
HEADERS = {"apikey": os.environ["API_KEY"]}


def add_task(project_id: str, assignee_id: str | None, title: str) -> None:
    row = {"project_id": project_id, "assignee_id": assignee_id, "title": title}
    requests.post(f"{BASE}/rest/v1/tasks", headers=HEADERS, json=row, timeout=10)


def add_comments(task_id: str, bodies: list[str], author_id: str) -> None:
    rows = [{"task_id": task_id, "author_id": author_id, "body": body} for body in bodies]
    httpx.post(
        f"{BASE}/rest/v1/comments",
        headers={**HEADERS, "Prefer": "resolution=merge-duplicates"},
        content=json.dumps(rows),
    )


def rename(task_id: str, title: str) -> None:
    requests.patch(f"{BASE}/rest/v1/tasks?id=eq.{task_id}", json={"title": title}, timeout=10)


def close(project_id: str) -> None:
    requests.request("DELETE", BASE + "/rest/v1/projects?id=eq." + project_id, timeout=10)


def count() -> int:
    # a function of the database, and a read
    requests.post(f"{BASE}/rest/v1/rpc/tasks_count", json={}, timeout=10)
    return len(requests.get(f"{BASE}/rest/v1/tasks", timeout=10).json())


def upload(content: bytes) -> None:
    requests.post(f"{BASE}/storage/v1/object/tasks/a.txt", data=content, timeout=10)


class Client:
    def __init__(self) -> None:
        self.http = httpx.AsyncClient(base_url=f"{BASE}/rest/v1", headers=HEADERS)

    async def add_project(self, owner_id: str, name: str) -> None:
        await self.http.post("/projects", json={"owner_id": owner_id, "name": name})

    async def _insert(self, table: str, row: dict) -> None:
        await self.http.post(f"/{table}", json=row)

    async def add_comment(self, task_id: str, author_id: str) -> None:
        await self._insert("comments", {"task_id": task_id, "author_id": author_id})
