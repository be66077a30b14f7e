from tenancy import qualified

from app.dialects import Dialect
from app.models import Comment, Task


def _task_row(task, project) -> dict:
    return {"project_id": project.id, "assignee_id": task.person.id, "title": task.title}


def store_tasks(session, dialect: Dialect, project, tasks):
    statement = dialect.insert_quietly(Task.__table__)
    for batch in tasks.batches():
        session.execute(statement, [_task_row(task, project) for task in batch])


def store_comment(session, dialect: Dialect, task, author: str | None):
    session.execute(
        dialect.insert_quietly(Comment.__table__).values(task_id=task.id, author_id=author)
    )


class Archive:
    def _table(self, name: str) -> str:
        return qualified(name)

    async def keep(self, cur, task, project):
        await cur.execute(
            f"INSERT INTO {self._table('tasks_archive')} (project_id, title) VALUES (%s, %s)",
            (project.id, task.title),
        )

    async def bill(self, cur, project):
        await cur.execute(
            f"INSERT INTO {self._table('comments')} (task_id, author_id) VALUES (%s, %s)",
            (project.first_task.id, project.owner.id),
        )
