from typing import Optional
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_mixin, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    """absolute base"""


@declarative_mixin
class ProjectMixin:
    @declared_attr
    def project_id(cls) -> Mapped[str]:
        return mapped_column(String, ForeignKey("projects.id"))


class SqlalchemyBase(Base):
    __abstract__ = True
    id: Mapped[str] = mapped_column(String, primary_key=True, default=lambda: str(uuid4()))

    async def create_async(self, db_session, actor=None, no_commit: bool = False):
        if actor:
            self._set_created_and_updated_by_fields(actor.id)
        db_session.add(self)
        if not no_commit:
            await db_session.commit()
        return self

    async def hard_delete_async(self, db_session, actor=None) -> None:
        await db_session.delete(self)
        await db_session.commit()
