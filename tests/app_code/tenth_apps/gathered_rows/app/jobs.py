import asyncio
from dataclasses import dataclass, field

from sqlalchemy import insert, literal, select

from app.models import Comment, Project, Task


@dataclass
class Outcome:
    new_tasks: list[Task] = field(default_factory=list)


async def collect(session, tasks: list[Task], author) -> None:
    calls = []
    for task in tasks:
        calls.append(comment_on(task, author))
    comments = await asyncio.gather(*calls)
    for comment in comments:
        if comment is not None:
            session.add(comment)


async def comment_on(task: Task, author) -> Comment | None:
    if not task.title:
        return None
    return Comment(task_id=task.id, author_id=author.id)


async def schedule(session, project: Project, user) -> None:
    outcome = Outcome()
    task, is_new = find_or_make(project, user)
    if is_new:
        outcome.new_tasks.append(task)
    await store(session, outcome)


def find_or_make(project: Project, user) -> tuple[Task, bool]:
    task = Task(project_id=project.id, assignee_id=user.id, title="new")
    return task, True


async def store(session, outcome: Outcome) -> None:
    for task in outcome.new_tasks:
        session.add(task)


def fetch_row(session, model, key):
    return session.scalars(select(model).where(model.id == key)).one()


def forget(session, key: str) -> None:
    session.delete(fetch_row(session, Task, key))


def prune(session, project: Project, keys: list[str]) -> None:
    stale = []
    for key in keys:
        stale.append(session.get(Comment, key))
    for comment in stale:
        session.delete(comment)


def copy_tasks(session, source: Project, target: Project) -> None:
    changed = [Task.project_id]
    others = [Task.assignee_id, Task.title]
    query = insert(Task).from_select(
        [*changed, *others],
        select(literal(target.id), *others).where(Task.project_id == source.id),
    )
    session.execute(query)
