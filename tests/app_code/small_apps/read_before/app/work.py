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


def start_or_change(session, kind, task_id, user):
    if kind == "new":
        task = Task(project_id=user.project_id)
        session.add(task)
        return
    task = session.get(Task, task_id)
    task.assignee_id = user.id


def start_for_deputy(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    person = person.deputy or None
    session.add(Task(project_id=project.id, assignee=person))


def start_whatever_happens(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    try:
        print(person.name)
    except AttributeError:
        pass
    session.add(Task(project_id=project.id, assignee=person))


def start_when_open(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    if project.open:
        print(person.name)
    session.add(Task(project_id=project.id, assignee=person))


def start_and_show_later(session, project, email):
    person = session.query(User).filter_by(email=email).first()
    project.on_open(lambda: person.name)
    session.add(Task(project_id=project.id, assignee=person))
