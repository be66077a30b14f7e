from pydantic import BaseModel


class TaskIn(BaseModel):
    project_id: str
    assignee_id: str | None = None


def put_task(cur, values: dict):
    columns = ", ".join(values)
    holes = ", ".join(f"%({key})s" for key in values)
    cur.execute(f"INSERT INTO tasks ({columns}) VALUES ({holes})", values)


def import_task(cur, project):
    put_task(cur, {"project_id": project.id, "title": "imported", "assignee_id": project.owner})


def copy_task(cur, task):
    put_task(cur, dict(project_id=task.project, assignee_id=task.who))


def put_comment(cur, values: dict):
    columns = ", ".join(values)
    holes = ", ".join(f"%({key})s" for key in values)
    cur.execute(f"INSERT INTO comments ({columns}) VALUES ({holes})", values)


def relay(cur, request):
    put_comment(cur, request.json())


def create(client, task: TaskIn, user):
    data = task.model_dump()
    if data["assignee_id"] is None:
        data["assignee_id"] = user.id
    client.table("tasks").insert(data).execute()


def create_later(client, task: TaskIn, user):
    data = task.model_dump()
    if not data.get("assignee_id"):
        data["assignee_id"] = user.id
    client.table("tasks").insert(data).execute()


def create_half(client, task: TaskIn, user):
    data = task.model_dump()
    if user.is_admin:
        data["assignee_id"] = user.id
    client.table("tasks").insert(data).execute()
