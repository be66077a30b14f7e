from app.orm import Comment, Task, pg_insert, sqlite_insert


def open_task(session, project):
    session.execute(Task.insert(project, "New"))


def close_task(session, task_id):
    session.execute(Task.delete(task_id))


def comment(session, task, author, dialect: str):
    statement = (
        pg_insert(Comment) if dialect == "postgresql" else sqlite_insert(Comment)
    ).values(task_id=task.id, author_id=author.id)
    session.execute(statement.on_conflict_do_nothing())
