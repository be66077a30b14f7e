import queries
from queries import Sql, insert_comment
from sqlalchemy import text


def add(cur, project_id: str, assignee_id: str):
    cur.execute(queries.insert_task(), (project_id, assignee_id))


def add_lonely(cur, project_id: str):
    cur.execute(queries.insert_task(), (project_id, None))


def comment(session, task_id: str, author_id: str | None):
    session.execute(text(insert_comment(True)), {"task": task_id, "author": author_id})


def project(cur, team):
    cur.execute(Sql.project(), [team.id, team.owner_id])


class Bills:
    def __init__(self):
        self.sql = Sql()

    def add(self, cur, project_id: str):
        cur.execute(self.sql.invoice, (project_id,))
