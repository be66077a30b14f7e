from app.models import Project, Task, Team


def with_task(view):
    def inner(key):
        return view(Task[key])

    return inner


@with_task
def remove(task):
    task.delete_instance()


@with_task
def take(request, task):
    task.assignee = request.user
    task.save()


@with_task
def release(task):
    task.assignee = None
    task.save()


def forget(name):
    Team.get(Team.name == name).delete_instance(recursive=True)


def move(name, team, owner):
    project = Project.get_or_none(Project.name == name)
    if project is None:
        project = Project(name=name, team=team, owner=owner)
    else:
        project.team = team
    project.save()


def clean(task_list):
    task_list.delete("first")
    for key in task_list:
        key.delete()
