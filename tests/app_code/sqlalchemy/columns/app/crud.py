from sqlalchemy.orm import Session

from app import models, schemas
from app.models import Comment, Task


def create_task(db: Session, task: schemas.TaskIn, user: models.User) -> Task:
    db_task = Task(project_id=task.project_id, assignee_id=user.id, title=task.title)
    db.add(db_task)
    db.commit()
    db.refresh(db_task)
    return db_task


def create_from_dict(db: Session, data: dict):
    task = Task(**data)
    db.add(task)
    db.commit()


def create_related(db: Session, project: models.Project, title: str):
    task = models.Task(project=project, title=title)
    db.add(task)
    db.flush()
    comment = Comment(task=task, body="created")
    db.add(comment)


def create_stepwise(db: Session, task: Task, author_id):
    comment = Comment()
    comment.task_id = task.id
    comment.author_id = author_id
    comment.body = "x"
    db.add(comment)
    db.commit()


def append(db: Session, project_id, user):
    project = db.query(models.Project).get(project_id)
    project.tasks.append(Task(title="appended", assignee=user))
    db.commit()


def bulk(db: Session, project, titles, users):
    tasks = [Task(project_id=project.id, assignee_id=users.get(t), title=t) for t in titles]
    db.add_all(tasks)
    db.commit()


def create_project(db: Session, team_id, user):
    project = models.Project(team_id=team_id, owner=user.id, name="Inbox")
    db.add(project)
    db.commit()


def preview(title: str):
    draft = Task(title=title)
    return {"title": draft.title}


def reassign(db: Session, task_id, user_id):
    task = db.query(Task).filter(Task.id == task_id).first()
    task.assignee_id = user_id
    task.title = "reassigned"
    db.commit()


def update_many(db: Session, project_id):
    db.query(Task).filter(Task.project_id == project_id).update({"status": "closed"})
    db.query(Task).filter(Task.project_id == project_id).update({Task.assignee_id: None})


def delete_task(db: Session, task_id):
    task = db.query(Task).filter(Task.id == task_id).first()
    db.delete(task)
    db.query(Comment).filter_by(author_id=task_id).delete()
    db.commit()
