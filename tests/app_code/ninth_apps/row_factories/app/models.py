from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class SqlTask(Base):
    __tablename__ = "tasks"

    id = Column(String, primary_key=True)
    project_id = Column(String, ForeignKey("projects.id"))
    assignee_id = Column(String, ForeignKey("users.id"), nullable=True)
    title = Column(String)
    comments = relationship("SqlComment", back_populates="task")


class SqlComment(Base):
    __tablename__ = "comments"

    id = Column(String, primary_key=True)
    task_id = Column(String, ForeignKey("tasks.id"))
    author_id = Column(String, ForeignKey("users.id"))
    body = Column(String)
    task = relationship("SqlTask", back_populates="comments")
