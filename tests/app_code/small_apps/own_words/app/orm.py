from sqlalchemy import Column, ForeignKey, Text, Uuid, text
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(Uuid)
    assignee_id = Column(ForeignKey("users.id"))
    title = Column(Text)

    @classmethod
    def insert(cls, project, title):
        return text(
            "INSERT INTO tasks (project_id, assignee_id, title)"
            " VALUES (:project, :person, :title)"
        ).bindparams(project=project.id, person=project.owner_id, title=title)

    @classmethod
    def delete(cls, task_id):
        return text("DELETE FROM tasks WHERE id = :id").bindparams(id=task_id)


class Comment(Base):
    __tablename__ = "comments"
    id = Column(Uuid, primary_key=True)
    task_id = Column(ForeignKey("tasks.id"))
    author_id = Column(ForeignKey("users.id"))
