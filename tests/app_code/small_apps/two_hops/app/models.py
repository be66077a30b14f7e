from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.dialects.postgresql import insert
from uuid import UUID


class Crud:
    @classmethod
    async def upsert_many(cls, db, objects, constraints):
        values = [obj if isinstance(obj, dict) else obj.model_dump() for obj in objects]
        stmt = insert(cls).values(values)
        await db.execute(stmt.on_conflict_do_update(index_elements=constraints, set_={}))

    @classmethod
    async def upsert(cls, db, schema, constraints):
        got = await cls.upsert_many(db, [schema], constraints)
        return got[0]


class Base(DeclarativeBase, Crud):
    pass


class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    assignee_id: Mapped[UUID]
