from app.db import db
from app.models import Comment, Project, Task, User


def add_task(project, user):
    return Task.make_no_commit(project_id=project.id, assignee_id=user.id)


def add_open_task(project):
    task = Task.make_no_commit(project_id=project.id)
    db.session.commit()
    return task


def drop(task_id):
    task = Task.get_by(id=task_id)
    task.delete()


def watch(task_id, users):
    task = Task.get_by(id=task_id)
    task.watchers = users
    db.session.commit()


def new_task(user):
    task = Task(title="first", assignee_id=user.id)
    return task


def begin(project_id, user):
    project = Project.get_by(id=project_id)
    project.tasks.append(new_task(user))
    db.session.commit()


def statement(name):
    return db.session.execute(Project.insert(name))


def comment(task_id, user_id):
    note: Comment() = None
    if note is None:
        note = Comment.note(Task.get_by(id=task_id), User.get_by(id=user_id))
    return note
