from core.extensions import db
from core.models.types import StringUUID


class Project(db.Model):
    __tablename__ = "projects"
    __table_args__ = (db.PrimaryKeyConstraint("id", name="project_pkey"),)

    id = db.Column(StringUUID, server_default=db.text("uuid_generate_v4()"))
    team_id = db.Column(StringUUID, nullable=False)
    owner_id = db.Column(StringUUID, nullable=False)
    name = db.Column(db.String(255))


class Task(db.Model):
    __tablename__ = "tasks"

    id = db.Column(StringUUID, primary_key=True)
    project_id = db.Column(StringUUID, nullable=False)
    assignee_id = db.Column(StringUUID, nullable=True)
    title = db.Column(db.Text)

    @property
    def project(self):
        return db.session.query(Project).filter(Project.id == self.project_id).first()
