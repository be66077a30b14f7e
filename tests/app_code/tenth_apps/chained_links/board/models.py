from board.extensions import db


class CRUDMixin:
    @classmethod
    def create(cls, **words):
        return cls(**words).save()

    def save(self):
        db.session.add(self)
        db.session.commit()
        return self


class Project(db.Model, CRUDMixin):
    __tablename__ = "projects"

    id = db.Column(db.Uuid, primary_key=True)
    team_id = db.Column(db.Uuid, db.ForeignKey("teams.id"))
    owner_id = db.Column(db.Uuid, db.ForeignKey("users.id"))
    owner = db.relationship("User", foreign_keys=[owner_id])


class User(db.Model, CRUDMixin):
    __tablename__ = "users"

    id = db.Column(db.Uuid, primary_key=True)


class Task(db.Model, CRUDMixin):
    __tablename__ = "tasks"

    id = db.Column(db.Uuid, primary_key=True)
    project_id = db.Column(db.Uuid, db.ForeignKey("projects.id"))
    assignee_id = db.Column(db.Uuid, db.ForeignKey("users.id"))
    project = db.relationship("Project")
    notes = db.relationship("Comment", backref="task", primaryjoin="Task.id == Comment.task_id")

    @classmethod
    def create(cls, project, assignee_id=None):
        task = cls(project_id=project.id, assignee_id=assignee_id)
        return task.save()


class Comment(db.Model, CRUDMixin):
    __tablename__ = "comments"

    id = db.Column(db.Uuid, primary_key=True)
    task_id = db.Column(db.Uuid, db.ForeignKey("tasks.id"))
    author_id = db.Column(db.Uuid, db.ForeignKey("users.id"))

    def hand_over(self, user):
        self.task.project.owner = user
        self.task.assignee_id = None
        db.session.commit()

    def drop_project(self):
        db.session.delete(self.task.project)
        db.session.commit()
