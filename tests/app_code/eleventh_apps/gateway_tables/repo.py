from dataclasses import dataclass


class Gateway:
    name = ""

    def __init__(self, db):
        self.db = db

    @property
    def rows(self):
        return self.db.table(self.name)


class Tasks(Gateway):
    name = "tasks"

    def add(self, project_id: str, assignee_id: str | None):
        return self.rows.insert({"project_id": project_id, "assignee_id": assignee_id}).execute()

    def close(self, task_id: str):
        return self.rows.delete().eq("id", task_id).execute()


class CommentStore:
    def __init__(self, client, table="comments"):
        self.client = client
        self.table = table

    def _table(self):
        return self.client.table(self.table)

    def add(self, task_id: str, author):
        row = {"task_id": task_id, "author_id": author.id}
        self._table().insert(row).execute()

    def bare(self, task_id: str):
        self._table().insert({"task_id": task_id}).execute()


class Repository:
    def __init__(self, client, table):
        self._client = client
        self._name = table

    def _query(self):
        return self._client.table(self._name)

    def insert(self, row):
        return self._query().insert(row).execute()

    def delete(self, id):
        return self._query().delete().eq("id", id).execute()


class ProjectRepository(Repository):
    def __init__(self, client):
        super().__init__(client, "projects")

    def create(self, name: str, team_id: str, owner_id: str):
        return self.insert({"name": name, "team_id": team_id, "owner_id": owner_id})

    def create_lonely(self, name: str, team_id: str):
        return self.insert({"name": name, "team_id": team_id})


def remove(client, project_id: str):
    ProjectRepository(client).delete(project_id)


class Store:
    TABLE = "tasks"

    def __init__(self, client):
        self.tasks = client.table(self.TABLE)

    def add(self, project_id: str, assignee_id: str):
        return self.tasks.insert({"project_id": project_id, "assignee_id": assignee_id}).execute()
