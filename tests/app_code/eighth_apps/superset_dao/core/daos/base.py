from typing import Any, Generic, TypeVar, get_args

from core.extensions import db

T = TypeVar("T")


class BaseDAO(Generic[T]):
    model_cls: type[T] | None = None

    def __init_subclass__(cls) -> None:
        cls.model_cls = get_args(cls.__orig_bases__[0])[0]

    @classmethod
    def create(cls, item: T | None = None, attributes: dict[str, Any] | None = None) -> T:
        if not item:
            item = cls.model_cls()
        if attributes:
            for key, value in attributes.items():
                setattr(item, key, value)
        db.session.add(item)
        return item

    @classmethod
    def delete(cls, items: list[T]) -> None:
        for item in items:
            db.session.delete(item)
