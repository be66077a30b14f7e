from app.models import Task, User


def assign(session, task_id, email):
    person = session.query(User).filter_by(email=email).first()
    task = session.get(Task, task_id)
    task.title = f"{task.title} ({person.name})"
    task.assignee = person


def assign_blindly(session, task_id, email):
    person = session.query(User).filter_by(email=email).first()
    task = session.get(Task, task_id)
    task.assignee = person


def start(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    session.add(Task(project_id=project.id, title=person.name, assignee=person))


def start_for_anyone(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    title = person.name if person else "Start"
    session.add(Task(project_id=project.id, title=title, assignee=person))


def drop_tasks(sess, user_id):
    person = sess.get(User, user_id)
    for task in person.tasks:
        sess.delete(task)
