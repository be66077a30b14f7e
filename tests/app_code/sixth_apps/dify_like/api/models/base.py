from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from models.engine import metadata


class Base(DeclarativeBase):
    metadata = metadata


class TypeBase(MappedAsDataclass, DeclarativeBase):
    metadata = metadata
