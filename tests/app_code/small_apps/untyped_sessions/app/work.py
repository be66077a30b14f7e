from app.models import Base, Comment, Project, Task


def prepare(engine):
    Task.__table__.create(bind=engine)


def forget(session, old_project):
    session.delete(old_project)


def forget_all(store, project):
    for task in project.everything():
        store.delete(task)
    store.expire(project)


def forget_cached(cache, task):
    cache.delete(task)


def copy(session, source, project):
    task = Task(project=project, assignee_id=source.assignee_id, title=source.title)
    for comment in source.comments:
        Comment(author_id=comment.author_id, body=comment.body, task=task)
    Comment(body="copied")
    session.add(task)


def assign(session, title, person):
    task = session.query(Task).filter_by(title=title).first()
    if task is None:
        task = Task(title=title, project_id=person.project_id)
        task.comments = []
    if task.closed:
        raise ValueError(title)
    task.assignee_id = person.id
    session.add(task)


def assign_either(session, title, person, closed):
    if closed:
        task = Task(title=title, project_id=person.project_id)
    else:
        task = session.query(Task).filter_by(title=title).one()
        task.assignee_id = person.id
    session.add(task)


def fill(task, person, known=False):
    task.project_id = person.project_id
    if not known:
        task.assignee_id = person.id


def filled(session, person):
    task = Task(title="Start")
    fill(task, person)
    session.add(task)


def half_filled(session, person):
    task = Task(title="Start")
    fill(task, person, known=True)
    session.add(task)


class Rows:
    def __init__(self, model):
        self.model = model

    def drop(self, session, key):
        task = session.query(self.model).filter_by(key=key).first()
        session.delete(task)
