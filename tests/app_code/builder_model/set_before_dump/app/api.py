from app.models import TaskIn, TaskList


def create(client, task: TaskIn, project, user):
    task.project_id = project.id
    task.assignee_id = user.id
    client.table("tasks").insert(task.model_dump()).execute()


def create_all(client, payload: TaskList, project, user):
    for task in payload.tasks:
        task.project_id = project.id
        client.table("tasks").insert(task.model_dump(exclude={"id"})).execute()


def made(client, project):
    task = TaskIn(title="x", project_id=project.id)
    client.table("tasks").insert(task.dict()).execute()
