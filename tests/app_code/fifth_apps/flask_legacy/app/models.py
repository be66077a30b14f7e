from datetime import datetime

from app.extensions import db
from sqlalchemy.dialects.postgresql import UUID


class CRUDMixin(object):
    @classmethod
    def create(cls, **kwargs):
        instance = cls(**kwargs)
        return instance.save()

    def update(self, commit=True, **kwargs):
        for attr, value in kwargs.items():
            setattr(self, attr, value)
        return commit and self.save() or self

    def save(self, commit=True):
        db.session.add(self)
        if commit:
            db.session.commit()
        return self

    def delete(self, commit=True):
        db.session.delete(self)
        return commit and db.session.commit()


class User(CRUDMixin, db.Model):
    __tablename__ = "users"
    id = db.Column(UUID, primary_key=True)
    email = db.Column(db.String)


class Project(CRUDMixin, db.Model):
    __tablename__ = "projects"
    id = db.Column(UUID, primary_key=True)
    team_id = db.Column(UUID, db.ForeignKey("teams.id"))
    owner_id = db.Column(UUID, db.ForeignKey("users.id"))
    name = db.Column(db.String(80))
    created_at = db.Column(db.DateTime, default=datetime.utcnow)
    owner = db.relationship("User", backref=db.backref("projects", lazy="dynamic"))

    def __init__(self, name, owner, team_id=None):
        self.name = name
        self.owner_id = owner.id
        self.team_id = team_id


class Task(CRUDMixin, db.Model):
    __tablename__ = "tasks"
    id = db.Column(UUID, primary_key=True)
    project_id = db.Column(UUID, db.ForeignKey("projects.id"))
    assignee_id = db.Column(UUID, db.ForeignKey("users.id"))
    title = db.Column(db.String)
    project = db.relationship("Project", backref="tasks")


class Comment(CRUDMixin, db.Model):
    __tablename__ = "comments"
    id = db.Column(UUID, primary_key=True)
    task_id = db.Column(UUID, db.ForeignKey("tasks.id"))
    author_id = db.Column(UUID, db.ForeignKey("users.id"))
    body = db.Column(db.Text)
