from app.models import Comment, Task
from app.policies import TaskPolicy


async def authorize(user, rule):
    if not await rule(user):
        raise PermissionError


async def remove(session, user, task: Task):
    await authorize(user, TaskPolicy.delete(task))
    await task.delete(session)


async def import_comments(session, task: Task, lines, author_id: str):
    rows = []
    for line in lines:
        rows.append({"task_id": task.id, "author_id": author_id, "body": line})
    await Comment.put_many(session, rows, unique_by=["id"])


async def import_drafts(session, lines):
    await Comment.put_many(
        session,
        [{"task_id": line.task_id, "author_id": None, "body": line.text} for line in lines],
        unique_by=["id"],
    )


async def forget(session, author_id: str):
    await Comment.drop_many(session, [Comment.author_id == author_id])
