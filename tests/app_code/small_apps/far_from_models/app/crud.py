from app.models import TaskRow


def find_one(session, task_id) -> TaskRow | None:
    return session.get(TaskRow, task_id)


def forget(session, project_id, state):
    query = session.query(TaskRow)
    return query.filter_by(project_id=project_id, state=state).delete()


async def open_one(session, project, person):
    return await TaskRow.create(session, project_id=project.id, assignee_id=person.id, commit=False)
