from db import Project, Task, User, db


def on_new(message):
    user, created = User.get_or_create(email=message.email)
    project = Project.create(owner=user, name=message.text)
    Task.create(project=project, assignee=user, title="start")
    task = Task(project_id=project.id, title="second")
    task.save()
    return task


def on_assign(message):
    task = Task.get_by_id(message.task)
    task.assignee = User.get_or_none(User.email == message.email)
    task.save()


def on_bulk(project, lines):
    rows = [{"project": project, "title": line} for line in lines]
    with db.atomic():
        for i in range(0, len(rows), 100):
            Task.insert_many(rows[i : i + 100]).execute()
    Task.update(assignee=None).where(Task.project == project).execute()


def on_delete(pid):
    project = Project.get(Project.id == pid)
    project.delete_instance(recursive=True)
    User.delete().where(User.email.is_null()).execute()
