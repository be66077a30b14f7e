"""What every model of the app can do."""

from sqlalchemy import delete
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgres_insert

_INSERTS = {"postgresql": postgres_insert, "mysql": mysql_insert}


class Record:
    @classmethod
    async def put_many(cls, session, rows, unique_by):
        values = [row if isinstance(row, dict) else row.model_dump() for row in rows]
        statement = _INSERTS[session.bind.dialect.name](cls).values(values)
        await session.execute(statement.on_conflict_do_nothing(index_elements=unique_by))

    @classmethod
    async def drop_many(cls, session, conditions):
        await session.execute(delete(cls).where(*conditions))

    async def delete(self, session):
        await session.delete(self)
        await session.flush()
