from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, Uuid
from sqlalchemy.orm import declarative_base, declared_attr, relationship

Base = declarative_base()
metadata = MetaData()
comment_table = Table(
    "comments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("task_id", ForeignKey("tasks.id")),
    Column("author_id", ForeignKey("users.id"), key="writer"),
    Column("body", Text),
)


class User(Base):
    __tablename__ = "users"
    id = Column(Uuid, primary_key=True)


class Owned:
    @declared_attr
    def assignee_id(cls):
        return Column(Uuid, ForeignKey("users.id"))

    @declared_attr
    def person(cls):
        return relationship("User", foreign_keys=[cls.assignee_id])


class Task(Owned, Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(Uuid)


class Comment(Base):
    __table__ = comment_table
