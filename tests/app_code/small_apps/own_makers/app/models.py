from sqlalchemy import ForeignKey, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[str] = mapped_column(Uuid, primary_key=True)


class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    project_id: Mapped[str] = mapped_column(Uuid)
    assignee_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    assignee: Mapped[User] = relationship()
    title: Mapped[str] = mapped_column(Text)

    @classmethod
    def open_for(cls, session, project, person: User, title: str):
        task = cls(title=title, assignee=person)
        task.project_id = project.id
        session.add(task)
        return task

    @classmethod
    def from_template(cls, session, template: dict):
        fields = {"title": template["title"]}
        fields["assignee_id"] = template["assignee"]
        task = cls(**fields)
        session.add(task)
        session.commit()

    @classmethod
    def preview(cls, title: str):
        # stays in memory: shown, never stored
        return repr(cls(title=title))


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))

    @classmethod
    def remove(cls, session, comment_id):
        session.execute(cls.__table__.delete().where(cls.id == comment_id))
