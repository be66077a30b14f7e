from sqlalchemy import Column, ForeignKey, Text, Uuid
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(Uuid)
    assignee_id = Column(ForeignKey("users.id"))
    title = Column(Text)


class Comment(Base):
    __tablename__ = "comments"
    id = Column(Uuid, primary_key=True)
    task_id = Column(ForeignKey("tasks.id"))
    author_id = Column(ForeignKey("users.id"))
