from app.models import Comment, Task, User


def start(session, project, email):
    user = User(email=email)
    session.add(user)
    task = Task(project_id=project.id, person=user)
    session.add(task)
    session.add(Comment(task_id=task.id, writer=user.id))


def start_alone(session, project):
    session.add(Task(project_id=project.id))
