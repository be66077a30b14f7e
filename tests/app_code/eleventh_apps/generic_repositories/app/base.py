from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base

ModelType = TypeVar("ModelType", bound=Base)
CreateType = TypeVar("CreateType", bound=BaseModel)
UpdateType = TypeVar("UpdateType", bound=BaseModel)


class CRUDBase(Generic[ModelType, CreateType, UpdateType]):
    def __init__(self, model: type[ModelType]):
        self.model = model

    async def get(self, db: AsyncSession, id: Any) -> ModelType | None:
        return await db.get(self.model, id)

    async def create(self, db: AsyncSession, *, obj_in: CreateType) -> ModelType:
        data = obj_in.model_dump()
        db_obj = self.model(**data)
        db.add(db_obj)
        await db.commit()
        return db_obj

    async def update(self, db: AsyncSession, *, db_obj: ModelType, obj_in: UpdateType | dict[str, Any]) -> ModelType:
        data = obj_in if isinstance(obj_in, dict) else obj_in.model_dump(exclude_unset=True)
        for field, value in data.items():
            setattr(db_obj, field, value)
        db.add(db_obj)
        await db.commit()
        return db_obj

    async def remove(self, db: AsyncSession, *, id: Any) -> None:
        obj = await db.get(self.model, id)
        await db.delete(obj)
        await db.commit()


class Repository(Generic[ModelType]):
    model: type[ModelType]

    def __init__(self, session: AsyncSession):
        self.session = session

    async def create(self, **values: Any) -> ModelType:
        row = self.model(**values)
        self.session.add(row)
        await self.session.flush()
        return row

    async def delete(self, id: Any) -> None:
        await self.session.execute(delete(self.model).where(self.model.id == id))

    async def insert_many(self, rows: list[dict]) -> None:
        await self.session.execute(insert(self.model), rows)


class ArgRepository(Generic[ModelType]):
    def __init__(self, session: AsyncSession, model: type[ModelType]) -> None:
        self.session = session
        self._model = model

    async def add(self, row: ModelType) -> ModelType:
        self.session.add(row)
        return row

    async def create(self, **values: Any) -> ModelType:
        row = self._model(**values)
        return await self.add(row)

    async def delete_by_id(self, id: Any) -> None:
        row = await self.session.get(self._model, id)
        if row:
            await self.session.delete(row)
