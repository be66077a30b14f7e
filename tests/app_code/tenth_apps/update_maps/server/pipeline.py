import uuid
from dataclasses import dataclass, field
from typing import Optional, TypedDict

from sqlalchemy import insert, select, update

from server.models import Comment, Project, Task


class TaskChanges(TypedDict, total=False):
    status: str
    assignee_id: Optional[uuid.UUID]


class ProjectChanges(TypedDict, total=False):
    name: str
    archived: bool


@dataclass
class Outcome:
    task_changes: TaskChanges = field(default_factory=TaskChanges)
    project_changes: ProjectChanges = field(default_factory=ProjectChanges)


async def apply(session, task: Task, project: Project) -> None:
    outcome = Outcome()
    await decide(task, outcome)
    await session.execute(
        update(Task).where(Task.id == task.id).values(**outcome.task_changes)
    )
    await session.execute(
        update(Project).where(Project.id == project.id).values(**outcome.project_changes)
    )


def plan_task(session, project: Project, user) -> None:
    session.add(Task("plan", project_id=project.id, assignee_id=user.id))


def plan_by_slug(session, slug: str, user) -> None:
    task = Task("plan", project_slug=slug, assignee_id=user.id)
    session.add(task)


def plan_for_nobody(session, project: Project) -> None:
    task = Task("plan", project_id=project.id)
    session.add(task)


def note(session, task: Task, author) -> None:
    found = session.execute(select(Project).where(Project.id == task.project_id))
    project = found.scalar_one_or_none()
    session.execute(insert(Comment).values(task_id=task.id, author_id=project.owner_id))
