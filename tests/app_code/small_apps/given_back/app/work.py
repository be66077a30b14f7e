import sqlalchemy as sa

from app.models import Comment, Task


def new_task(title):
    task = Task(title=title)
    return task


def start(session, project, person):
    task = new_task("Start")
    task.project_id = project.id
    task.assignee_id = person.id
    session.add(task)


def follow_up(session, project, former):
    task = new_task("Follow up")
    task.project_id = project.id
    if former is not None:
        task.assignee_id = former.assignee_id
    session.add(task)


def copy_comments(session, author: str | None, source, target):
    rows = sa.select(
        sa.literal(target.id).label("task_id"),
        sa.literal(author).label("author_id"),
        Comment.body,
    ).where(Comment.task_id == source.id)
    session.execute(sa.insert(Comment).from_select(["task_id", "author_id", "body"], rows))
