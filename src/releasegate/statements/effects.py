"""Statements -> the tables, columns, constraints and indexes that they leave behind or remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import CatalogObject, Effect, Relation
from releasegate.statements.parser import Statement, quote, quote_relation, relation, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUBTYPES = pg_query_pb2.AlterTableType
_ADD_COLUMN = _SUBTYPES.Value("AT_AddColumn")
_DROP_COLUMN = _SUBTYPES.Value("AT_DropColumn")
_ADD_CONSTRAINT = _SUBTYPES.Value("AT_AddConstraint")
_VALIDATE = _SUBTYPES.Value("AT_ValidateConstraint")
_ALTER_COLUMN = {
    _SUBTYPES.Value(name)
    for name in ("AT_AlterColumnType", "AT_ColumnDefault", "AT_SetNotNull", "AT_DropNotNull")
}
_DROP_CONSTRAINT = _SUBTYPES.Value("AT_DropConstraint")
_OBJECTS = pg_query_pb2.ObjectType
_TABLE, _INDEX = _OBJECTS.Value("OBJECT_TABLE"), _OBJECTS.Value("OBJECT_INDEX")
_COLUMN, _CONSTRAINT = _OBJECTS.Value("OBJECT_COLUMN"), _OBJECTS.Value("OBJECT_TABCONSTRAINT")
_TEMPORARY = "t"


def effects(statements: Iterable[Statement]) -> tuple[Effect, ...]:
    """List what must be there, or gone, after the last statement; later ones win.

    Objects without a name of their own (a constraint that the server names) are not listed.
    """
    last: dict[CatalogObject, Effect] = {}
    for statement in statements:
        for thing, present in _EFFECTS.get(statement.kind, _nothing)(statement.node):
            last[thing] = Effect(thing, present, statement.line)
    return tuple(last.values())


def undo(effect: Effect) -> str | None:
    """Write the statement that takes a new constraint or index back.

    None for the rest: what was removed is gone, and a table or column may hold data by then.
    """
    thing = effect.object
    if not effect.present or thing.kind not in ("constraint", "index"):
        return None
    if thing.kind == "index":
        return f"DROP INDEX {quote(thing.schema)}.{quote(thing.name)}"
    table = quote_relation(Relation(thing.schema, thing.table))
    return f"ALTER TABLE {table} DROP CONSTRAINT {quote(thing.name)}"


def _nothing(_: Any) -> Iterator[tuple[CatalogObject, bool]]:
    return iter(())


def _create_table(node: Any) -> Iterator[tuple[CatalogObject, bool]]:
    if node.relation.relpersistence == _TEMPORARY:
        return
    table = relation(node.relation)
    yield CatalogObject("table", table.schema, table.name), True
    for element in node.table_elts:
        if element.HasField("column_def"):
            name = element.column_def.colname
            yield CatalogObject("column", table.schema, name, table.name), True
            held = [*element.column_def.constraints]
        else:
            held = [element]
        for kind, name, present in _named_constraints(held):
            yield CatalogObject(kind, table.schema, name, table.name), present


def _alter_table(node: Any) -> Iterator[tuple[CatalogObject, bool]]:
    if node.objtype != _TABLE:
        return
    table = relation(node.relation)
    for item in node.cmds:
        command = item.alter_table_cmd
        for kind, name, present in _altered(command, getattr(command, "def")):
            yield CatalogObject(kind, table.schema, name, table.name), present


def _altered(command: Any, definition: Any) -> Iterator[tuple[str, str, bool]]:
    subtype = command.subtype
    if subtype == _ADD_COLUMN:
        yield "column", definition.column_def.colname, True
        yield from _named_constraints(definition.column_def.constraints)
    elif subtype == _ADD_CONSTRAINT:
        yield from _named_constraints([definition])
    elif subtype in _ALTER_COLUMN or subtype == _DROP_COLUMN:
        yield "column", command.name, subtype != _DROP_COLUMN
    elif subtype in (_DROP_CONSTRAINT, _VALIDATE):
        yield "constraint", command.name, subtype == _VALIDATE


def _named_constraints(nodes: Any) -> Iterator[tuple[str, str, bool]]:
    for node in nodes:
        if node.HasField("constraint") and node.constraint.conname:
            yield "constraint", node.constraint.conname, True


def _create_index(node: Any) -> Iterator[tuple[CatalogObject, bool]]:
    if node.idxname:
        yield CatalogObject("index", relation(node.relation).schema, node.idxname), True


def _drop(node: Any) -> Iterator[tuple[CatalogObject, bool]]:
    kind = {_TABLE: "table", _INDEX: "index"}.get(node.remove_type)
    for item in node.objects if kind else ():
        names = strings(item.list.items)
        schema = names[-2] if len(names) > 1 else "public"
        yield CatalogObject(str(kind), schema, names[-1]), False


def _rename(node: Any) -> Iterator[tuple[CatalogObject, bool]]:
    table = relation(node.relation)
    kinds = {_TABLE: "table", _INDEX: "index", _COLUMN: "column", _CONSTRAINT: "constraint"}
    kind = kinds.get(node.rename_type)
    if kind is None:
        return
    has_table = kind in ("column", "constraint")
    owner = table.name if has_table else ""
    old = node.subname if has_table else table.name
    yield CatalogObject(kind, table.schema, old, owner), False
    yield CatalogObject(kind, table.schema, node.newname, owner), True


_EFFECTS = {
    "create_stmt": _create_table,
    "alter_table_stmt": _alter_table,
    "index_stmt": _create_index,
    "drop_stmt": _drop,
    "rename_stmt": _rename,
}
