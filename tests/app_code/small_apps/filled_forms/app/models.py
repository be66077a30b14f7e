from sqlalchemy import Column, ForeignKey, Text, Uuid
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Project(Base):
    __tablename__ = "projects"
    id = Column(Uuid, primary_key=True)


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(ForeignKey("projects.id"))
    assignee_id = Column(Uuid)
    title = Column(Text)
    project = relationship("Project")
