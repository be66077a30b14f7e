def add_task(client, project_id: str, assignee_id: str, **kwargs):
    client.table("tasks").insert({"project_id": project_id, "assignee_id": assignee_id, **kwargs}).execute()


def add_comment(client, task_id: str, author_id: str, **extra):
    client.table("comments").insert({**extra, "task_id": task_id, "author_id": author_id}).execute()


def add_project(client, name: str, **fields):
    row = {"name": name, "team_id": None, "owner_id": None, **fields}
    client.table("projects").insert(row).execute()


def use(client, team, user):
    add_task(client, team.project_id, user.id, title="x", status="open")
    add_project(client, "a", team_id=team.id, owner_id=user.id)


def public(client, task_id: str, author_id: str, **more):
    data = {"task_id": task_id, "author_id": author_id}
    data.update(more)
    client.table("comments").insert(data).execute()
