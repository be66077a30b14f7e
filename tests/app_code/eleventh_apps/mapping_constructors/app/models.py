from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Stored(db.Model):
    __abstract__ = True

    def save(self):
        db.session.add(self)
        db.session.commit()


class Owned(Stored):
    __abstract__ = True
    owner_id = db.Column(db.Uuid, db.ForeignKey("users.id"))

    def __init__(self, data):
        self.owner_id = data.get("owner_id")


class User(Stored):
    __tablename__ = "users"
    id = db.Column(db.Uuid, primary_key=True)


class Project(Owned):
    __tablename__ = "projects"
    id = db.Column(db.Uuid, primary_key=True)
    team_id = db.Column(db.Uuid)

    def __init__(self, data, parent=None):
        super().__init__(data)
        self.team_id = data["team_id"]
        self.parent = parent


class Comment(Stored):
    __tablename__ = "comments"
    id = db.Column(db.Uuid, primary_key=True)
    task_id = db.Column(db.Uuid)
    author_id = db.Column(db.Uuid)

    def __init__(self, data):
        self.task_id = data.get("task_id")
        self.author_id = data.get("author_id")
