from celery import Task
from rich.table import Table
from somewhere.models import Comment


class EmailTask(Task):
    pass


def go(session, broker):
    broker.add(Task(title="x"))
    table = Table("tasks")
    table.add_row("tasks", "x")
    session.add(Comment(body="of another library"))
