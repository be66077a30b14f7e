from sqlalchemy import Column, ForeignKey, Text, Uuid
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Rows:
    @classmethod
    async def create(cls, session, commit: bool = True, **kwargs):
        row = cls()
        row.fill(**kwargs)
        session.add(row)
        if commit:
            await session.commit()
        return row

    def fill(self, **kwargs):
        for key, value in kwargs.items():
            if hasattr(self, key):
                setattr(self, key, value)


class TaskRow(Rows, Base):
    __tablename__ = "tasks"
    id = Column(Uuid, primary_key=True)
    project_id = Column(Uuid)
    assignee_id = Column(ForeignKey("users.id"))
    title = Column(Text)
