from sqlalchemy import Column, Text
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Text, primary_key=True)
    email = Column(Text)


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Text, primary_key=True)
    project_id = Column(Text)
    assignee_id = Column(Text)
    title = Column(Text)
