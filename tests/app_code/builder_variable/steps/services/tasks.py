from services.client import get_client


class TaskService:
    TABLE = "tasks"

    def __init__(self, client=None):
        self.db = client or get_client()

    def create(self, project_id: str, title: str, assignee_id: str | None = None):
        row = {"project_id": project_id, "title": title}
        if assignee_id:
            row["assignee_id"] = assignee_id
        return self.db.table(self.TABLE).insert(row).execute()

    def create_full(self, project_id, title, assignee_id):
        row = dict(title=title)
        row["project_id"] = project_id
        row.update(assignee_id=assignee_id)
        row.pop("debug", None)
        return self.db.table(self.TABLE).insert(row).execute()

    def create_clean(self, project_id, title, assignee_id=None):
        row = {"project_id": project_id, "assignee_id": assignee_id, "title": title}
        row = {k: v for k, v in row.items() if v is not None}
        return self.db.table(self.TABLE).insert(row).execute()

    def create_from(self, data: dict, project_id: str):
        payload = {**data, "project_id": project_id, "assignee_id": data["owner"]}
        return self.db.table(self.TABLE).insert(payload).execute()

    def create_over(self, data: dict, project_id: str):
        payload = {"project_id": project_id, "assignee_id": project_id, **data}
        return self.db.table(self.TABLE).insert(payload).execute()

    def copy(self, task: dict):
        new = task.copy()
        new.pop("id")
        new["project_id"] = task["project_id"]
        new["assignee_id"] = task["assignee_id"]
        return self.db.table(self.TABLE).insert(new).execute()
