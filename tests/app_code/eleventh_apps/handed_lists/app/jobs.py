from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import insert

from app.models import Comment, Project, Task


def store(session, task_id: str, people):
    for chunk in comments(task_id, people):
        if chunk:
            session.execute(insert(Comment), chunk)


def comments(task_id: str, people) -> Iterator[list[dict]]:
    chunk: list[dict] = []
    for person in people:
        add_comment(chunk, task_id, person)
        if len(chunk) > 50:
            yield chunk
            chunk.clear()
    yield chunk


def add_comment(chunk: list[dict], task_id: str, person):
    if person is None:
        raise ValueError("nobody")
    chunk.append({"task_id": task_id, "author_id": person.id})


def begin(session, team, owner_id: str, titles):
    found = []
    for title in titles:
        found.append(Task(title=title, assignee_id=owner_id))
    session.add(Project(team_id=team.id, owner_id=owner_id, items=found))


@dataclass
class Plan:
    new_tasks: list
    old_tasks: list


def plan(project, people) -> Plan:
    return Plan(new_tasks=new_tasks(project, people), old_tasks=[])


def new_tasks(project, people):
    made = []
    for person in people:
        task = new_task(person)
        task.project = project
        made.append(task)
    return made


def new_task(person):
    return Task(assignee_id=person.id)


def carry_out(session, project, people):
    made = plan(project, people)
    for start in range(0, len(made.new_tasks), 10):
        session.add_all(made.new_tasks[start : start + 10])


class Board:
    @classmethod
    def by_owner(cls, rows):
        found = {}
        for row in rows:
            if row.owner not in found:
                found[row.owner] = Project(owner_id=row.owner, team_id=row.team)
        return list(found.values())


def import_boards(session, rows):
    for project in Board.by_owner(rows):
        session.add(project)
