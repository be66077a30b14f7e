from store import tasks


def open_task(session, project, title):
    session.add(tasks.Task(title, project_id=project.id))


def draw_task(title):
    # never handed to a session: a picture of a task
    return str(tasks.Task(title))


def drop_task(session, task_id):
    task = session.get(tasks.Task, task_id)
    session.delete(task)
