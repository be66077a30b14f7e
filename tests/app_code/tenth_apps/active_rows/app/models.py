from app.db import db, statements


class BaseMixin:
    @classmethod
    def get_by(cls, **words):
        return cls.query.filter_by(**words).first()

    @classmethod
    def make_no_commit(cls, **words):
        instance = cls(**words)
        db.session.add(instance)
        return instance

    def delete(self):
        try:
            self.delete_no_commit()
            db.session.commit()
        except Exception:
            db.session.rollback()
            raise

    def delete_no_commit(self):
        db.session.delete(self)


watchers = db.Table(
    "task_watchers",
    db.Column("task_id", db.Uuid, db.ForeignKey("tasks.id")),
    db.Column("user_id", db.Uuid, db.ForeignKey("users.id")),
)


class User(db.Model, BaseMixin):
    __tablename__ = "users"

    id = db.Column(db.Uuid, primary_key=True)


class Project(db.Model, BaseMixin):
    __tablename__ = "projects"

    id = db.Column(db.Uuid, primary_key=True)
    team_id = db.Column(db.Uuid, db.ForeignKey("teams.id"))
    owner_id = db.Column(db.Uuid, db.ForeignKey("users.id"))
    tasks = db.relationship("Task")

    @classmethod
    def insert(cls, name):
        # only looks a statement up: what it writes stands elsewhere
        return statements["insert-project"].bindparams(name=name)


class Task(db.Model, BaseMixin):
    __tablename__ = "tasks"

    id = db.Column(db.Uuid, primary_key=True)
    project_id = db.Column(db.Uuid, db.ForeignKey("projects.id"))
    assignee_id = db.Column(db.Uuid, db.ForeignKey("users.id"))
    title = db.Column(db.Text)
    watchers = db.relationship("User", secondary=watchers)


class Comment(db.Model, BaseMixin):
    __tablename__ = "comments"

    id = db.Column(db.Uuid, primary_key=True)
    task_id = db.Column(db.Uuid, db.ForeignKey("tasks.id"))
    author_id = db.Column(db.Uuid, db.ForeignKey("users.id"))

    @classmethod
    def note(cls, task, author=None):
        comment = cls(task_id=task.id, author_id=author.id if author else None)
        db.session.add(comment)
        return comment
