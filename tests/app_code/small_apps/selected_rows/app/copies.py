from dataclasses import dataclass

from sqlalchemy import insert, literal, null, select, union_all

from .models import Task, User


@dataclass
class Draft:
    title: str
    project: str
    person: str | None = None


async def store(session, drafts: list[Draft]):
    wanted = union_all(
        *(
            select(
                literal(draft.title).label("title"),
                literal(draft.project).label("project_id"),
                literal(draft.person).label("assignee_id"),
            )
            for draft in drafts
        )
    ).subquery()
    rows = select(wanted.c.title, wanted.c.project_id, wanted.c.assignee_id)
    await session.execute(
        insert(Task).from_select(["title", "project_id", "assignee_id"], rows)
    )


async def by_mail(session, project_id: str, email: str):
    person = select(User.id).where(User.email == email).scalar_subquery()
    await session.execute(
        insert(Task).values(project_id=literal(project_id), assignee_id=person)
    )
    await session.execute(
        insert(Task).values(project_id=literal(project_id), assignee_id=null())
    )


def titled(session, task_id: str, person: str):
    task = session.query(Task).filter(Task.id == task_id).first()
    return task.title.replace("{person}", person).replace("{id}", task_id)
