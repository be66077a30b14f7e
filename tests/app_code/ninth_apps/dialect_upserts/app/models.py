from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Project(Base):
    __tablename__ = "projects"

    id = Column(String, primary_key=True)
    team_id = Column(String, ForeignKey("teams.id"))
    owner_id = Column(String, ForeignKey("users.id"))
    name = Column(String)
    tasks = relationship("Task", back_populates="project")


class Task(Base):
    __tablename__ = "tasks"

    id = Column(String, primary_key=True)
    project_id = Column(String, ForeignKey("projects.id"))
    assignee_id = Column(String, ForeignKey("users.id"))
    title = Column(String)
    project = relationship("Project", back_populates="tasks")
