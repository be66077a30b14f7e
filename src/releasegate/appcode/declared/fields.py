"""A declared class -> what is known of its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from releasegate.appcode.flow.class_names import Class
    from releasegate.appcode.source.module import Module


@dataclass(frozen=True, slots=True)
class Field:
    module: Module
    node: ast.AST
    owner: str
    name: str
    may_be_none: bool
    is_required: bool
    default: ast.expr | None = None
    #: the name under which it is written out on demand
    alias: str | None = None
    annotation: ast.expr | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    fields: dict[str, Field]
    #: it is a plain mapping: a field that is not required need not be there
    is_mapping: bool
    #: the classes that it comes from
    owners: tuple[Class, ...] = ()
