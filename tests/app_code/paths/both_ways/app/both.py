from app.models import Task


def branches(client, user, project):
    assignee_id = None
    if user:
        assignee_id = user.id
    else:
        assignee_id = project["owner_id"]
    client.table("tasks").insert({"project_id": project["id"], "assignee_id": assignee_id}).execute()


def one_branch(client, user, project):
    assignee_id = None
    if user:
        assignee_id = user.id
    client.table("tasks").insert({"project_id": project["id"], "assignee_id": assignee_id}).execute()


def keys(client, user, project):
    row = {"project_id": project["id"]}
    if user is None:
        row["assignee_id"] = project["owner_id"]
    elif user.is_admin:
        row["assignee_id"] = project["admin_id"]
    else:
        row["assignee_id"] = user.id
    client.table("tasks").insert(row).execute()


def leaving(client, user, project):
    row = {"project_id": project["id"]}
    if user:
        row["assignee_id"] = user.id
    else:
        raise ValueError("no user")
    client.table("tasks").insert(row).execute()


def attributes(session, simulate, project, user):
    task = Task(title="x", assignee_id=user.id)
    if simulate:
        task.project_id = project.parent_id
    else:
        task.project_id = project.id
    session.add(task)


def named(session, values: dict):
    task = Task(title="x")
    for key in ("project_id", "assignee_id"):
        setattr(task, key, values[key])
    session.add(task)


def items(session, project, user):
    values = {"project_id": project.id, "assignee_id": user.id}
    task = Task()
    for key, value in values.items():
        setattr(task, key, value)
    session.add(task)


def through(client, project, user):
    for number in range(3):
        row = {"project_id": project.id, "title": str(number)}
        row = with_owner(row, user)
        client.table("tasks").insert(row).execute()


def with_owner(row, user):
    return {**row, "assignee_id": user.id}


def children(session, project, titles, user):
    tasks = []
    for title in titles:
        task = Task(title=title, assignee_id=user.id)
        tasks.append(task)
    project.tasks = tasks
    session.add(project)
