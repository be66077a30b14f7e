from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Team(db.Model):
    __tablename__ = "teams"
    id = db.Column(db.String, primary_key=True)
    name = db.Column(db.String)

    def dismiss(self, task_id):
        task = Task.query.get(task_id, self)
        if task is None:
            return None
        db.session.delete(task)
        db.session.commit()
        return task


class Project(db.Model):
    __tablename__ = "projects"
    id = db.Column(db.String, primary_key=True)
    team_id = db.Column(db.String, db.ForeignKey("teams.id"))
    owner_id = db.Column(db.String, db.ForeignKey("users.id"))
    name = db.Column(db.String)
    team = db.relationship("Team")


class Task(db.Model):
    __tablename__ = "tasks"
    id = db.Column(db.String, primary_key=True)
    project_id = db.Column(db.String, db.ForeignKey("projects.id"))
    assignee_id = db.Column(db.String, db.ForeignKey("users.id"))
    title = db.Column(db.String)
