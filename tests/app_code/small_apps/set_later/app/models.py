from sqlalchemy import Column, ForeignKey, Text, Uuid
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Uuid, primary_key=True)


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(Uuid)
    assignee_id = Column(ForeignKey("users.id"))
    title = Column(Text)

    def delete(self, session, watchers):
        for watcher in watchers:
            watcher.notify()
        session.delete(self)


class Comment(Base):
    __tablename__ = "comments"
    id = Column(Uuid, primary_key=True)
    task_id = Column(ForeignKey("tasks.id"))
    author_id = Column(ForeignKey("users.id"))
    hidden_by_id = Column(ForeignKey("users.id"))
    body = Column(Text)
    task = relationship("Task")
    author = relationship("User", foreign_keys=[author_id])
    hidden_by = relationship("User", foreign_keys=[hidden_by_id])

    def save(self, session, author=None, task=None):
        if self.id:
            session.commit()
            return self
        if author and task:
            with session.no_autoflush:
                self.author = author
                self.task = task
        session.add(self)
        return self


def hide(session, comment_id, moderator):
    comment = session.get(Comment, comment_id)
    comment.hidden_by = moderator
    session.commit()


def hidden_from_the_start(session, task, moderator):
    session.add(Comment(task=task, hidden_by=moderator))
