"""Statements -> the tables, columns, constraints and indexes that they leave behind or remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import CatalogObject, Effect, Relation, Undo
from releasegate.statements.parser import Statement, quote, quote_relation, relation, strings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SUBTYPES = pg_query_pb2.AlterTableType
_ADD_COLUMN = _SUBTYPES.Value("AT_AddColumn")
_DROP_COLUMN = _SUBTYPES.Value("AT_DropColumn")
_ADD_CONSTRAINT = _SUBTYPES.Value("AT_AddConstraint")
_VALIDATE = _SUBTYPES.Value("AT_ValidateConstraint")
_DROP_CONSTRAINT = _SUBTYPES.Value("AT_DropConstraint")
_MAKING = {_ADD_COLUMN, _ADD_CONSTRAINT, _VALIDATE}
_ALTER_COLUMN = {
    _SUBTYPES.Value(name)
    for name in ("AT_AlterColumnType", "AT_ColumnDefault", "AT_SetNotNull", "AT_DropNotNull")
}
# Kinds with a row in pg_constraint that the catalog's snapshot holds.
_CONSTRAINTS = {
    pg_query_pb2.ConstrType.Value(f"CONSTR_{kind}")
    for kind in ("CHECK", "PRIMARY", "UNIQUE", "EXCLUSION", "FOREIGN")
}
#: a row of its own since 18, where only there a statement can name it
_NOT_NULL = pg_query_pb2.ConstrType.Value("CONSTR_NOTNULL")
_OBJECTS = pg_query_pb2.ObjectType
_TABLE, _INDEX = _OBJECTS.Value("OBJECT_TABLE"), _OBJECTS.Value("OBJECT_INDEX")
_COLUMN, _CONSTRAINT = _OBJECTS.Value("OBJECT_COLUMN"), _OBJECTS.Value("OBJECT_TABCONSTRAINT")
_CASCADE = pg_query_pb2.DropBehavior.Value("DROP_CASCADE")
_TEMPORARY = "t"


def effects(statements: Iterable[Statement]) -> tuple[Effect, ...]:
    """List what must be there, or gone, after the last statement; later ones win.

    Objects without a name of their own (a constraint that the server names) are not listed, nor
    those of temporary tables, nor what a later statement may have taken along.
    """
    promises = _Promises()
    for statement in statements:
        promises.line = statement.line
        read = _READERS.get(statement.kind)
        if read is not None:
            read(promises, statement.node)
    return tuple(promises.made.values())


def undo(effect: Effect) -> Undo | None:
    """Write the statement that takes a new object back.

    None for the rest: what was there before stays, and what was removed is gone.
    """
    thing = effect.object
    if not effect.is_new or not effect.present:
        return None
    table = quote_relation(Relation(thing.schema, thing.table or thing.name))
    sql = {
        "table": f"DROP TABLE {table}",
        "column": f"ALTER TABLE {table} DROP COLUMN {quote(thing.name)}",
        "constraint": f"ALTER TABLE {table} DROP CONSTRAINT {quote(thing.name)}",
        "index": f"DROP INDEX CONCURRENTLY {table}",
    }[thing.kind]
    return Undo(thing, sql, loses_data=thing.kind in ("table", "column"))


def only_makes(statement: Statement) -> bool:
    """Tell whether a statement makes or proves named objects and does nothing else."""
    if statement.kind == "alter_table_stmt":
        if statement.node.objtype != _TABLE:
            return False
        commands = [item.alter_table_cmd for item in statement.node.cmds]
        return all(command.subtype in _MAKING and _is_named(command) for command in commands)
    return statement.kind in ("index_stmt", "create_stmt", "reindex_stmt")


def _is_named(command: Any) -> bool:
    return command.subtype != _ADD_CONSTRAINT or bool(getattr(command, "def").constraint.conname)


class _Promises:
    """What holds after the statements read so far."""

    def __init__(self) -> None:
        self.made: dict[CatalogObject, Effect] = {}
        self.line = 1
        self._tables: dict[CatalogObject, Relation] = {}
        self._temporary: set[Relation] = set()

    def present(
        self,
        kind: str,
        name: str,
        table: Relation,
        *,
        is_new: bool = True,
        is_valid: bool = True,
    ) -> None:
        self._note(kind, name, table, present=True, is_new=is_new, is_valid=is_valid)

    def gone(self, kind: str, name: str, table: Relation) -> None:
        self._note(kind, name, table, present=False, is_new=False)

    def renamed(self, kind: str, name: str, table: Relation) -> None:
        self._note(kind, name, table, present=False, is_new=False, is_renamed=True)

    def temporary(self, table: Relation) -> None:
        self._temporary.add(table)

    def forget(self, table: Relation, *, kinds: tuple[str, ...]) -> None:
        """Take back what was said of a table's parts: they may have gone along with something."""
        for thing in [t for t, owner in self._tables.items() if owner == table and t.kind in kinds]:
            self.made.pop(thing, None)

    def forget_index(self, name: str, table: Relation) -> None:
        self.made.pop(CatalogObject("index", table.schema, name), None)

    def forget_table(self, table: Relation) -> None:
        self.made.pop(CatalogObject("table", table.schema, table.name), None)

    def forget_constraint(self, name: str) -> None:
        for thing in [t for t in self.made if t.kind == "constraint" and t.name == name]:
            del self.made[thing]

    def forget_gone(self, table: Relation) -> None:
        """A name that the server makes may be one that was dropped before."""
        for thing in [t for t, owner in self._tables.items() if owner == table]:
            if thing in self.made and not self.made[thing].present:
                del self.made[thing]

    def forget_all(self) -> None:
        self.made.clear()

    def _note(
        self,
        kind: str,
        name: str,
        table: Relation,
        *,
        present: bool,
        is_new: bool,
        is_valid: bool = True,
        is_renamed: bool = False,
    ) -> None:
        if table in self._temporary or not name:
            return
        owner = table.name if kind in ("column", "constraint") else ""
        thing = CatalogObject(kind, table.schema, name, owner)
        self._tables[thing] = table
        # What one statement makes and a later one only changes is new all the same.
        before = self.made.get(thing)
        is_new = is_new or (present and before is not None and before.is_new)
        self.made[thing] = Effect(thing, present, self.line, is_new, is_valid, is_renamed)


_PARTS = ("column", "constraint", "index")


def _create_table(promises: _Promises, node: Any) -> None:
    table = relation(node.relation)
    if node.relation.relpersistence == _TEMPORARY:
        promises.temporary(table)
        return
    promises.present("table", table.name, table)
    for element in node.table_elts:
        if element.HasField("column_def"):
            promises.present("column", element.column_def.colname, table)
            _constraints(promises, table, element.column_def.constraints)
        else:
            _constraints(promises, table, [element])


def _create_table_as(promises: _Promises, node: Any) -> None:
    table = relation(node.into.rel)
    if node.into.rel.relpersistence == _TEMPORARY:
        promises.temporary(table)
    elif node.objtype == _TABLE:
        promises.present("table", table.name, table)


def _alter_table(promises: _Promises, node: Any) -> None:
    if node.objtype != _TABLE or node.missing_ok:
        return
    table = relation(node.relation)
    for item in node.cmds:
        _altered(promises, table, item.alter_table_cmd)


def _altered(promises: _Promises, table: Relation, command: Any) -> None:
    definition, subtype = getattr(command, "def"), command.subtype
    if subtype == _ADD_COLUMN:
        promises.present("column", definition.column_def.colname, table)
        _constraints(promises, table, definition.column_def.constraints)
    elif subtype == _ADD_CONSTRAINT:
        _constraints(promises, table, [definition], kinds=_CONSTRAINTS | {_NOT_NULL})
    elif subtype in _ALTER_COLUMN:
        promises.present("column", command.name, table, is_new=False)
    elif subtype == _VALIDATE:
        promises.present("constraint", command.name, table, is_new=False)
    elif subtype == _DROP_CONSTRAINT:
        promises.forget_index(command.name, table)
        promises.gone("constraint", command.name, table)
    elif subtype == _DROP_COLUMN:
        promises.forget(table, kinds=("constraint", "index"))
        promises.gone("column", command.name, table)


def _constraints(
    promises: _Promises,
    table: Relation,
    nodes: Iterable[Any],
    *,
    kinds: Collection[int] = _CONSTRAINTS,
) -> None:
    for node in nodes:
        constraint = node.constraint
        if not node.HasField("constraint") or constraint.contype not in kinds:
            continue
        if constraint.indexname and constraint.conname:
            # USING INDEX gives the index the constraint's name.
            promises.gone("index", constraint.indexname, table)
            promises.present("index", constraint.conname, table, is_new=False)
        if not constraint.conname:
            promises.forget_gone(table)
        is_valid = not constraint.skip_validation
        promises.present("constraint", constraint.conname, table, is_valid=is_valid)


def _create_index(promises: _Promises, node: Any) -> None:
    promises.present("index", node.idxname, relation(node.relation))


def _drop(promises: _Promises, node: Any) -> None:
    if node.behavior == _CASCADE or node.remove_type == _TABLE:
        # Partitions go with their parent, without being named.
        promises.forget_all()
    kind = {_TABLE: "table", _INDEX: "index"}.get(node.remove_type)
    for item in node.objects if kind else ():
        names = strings(item.list.items)
        thing = Relation(names[-2] if len(names) > 1 else "public", names[-1])
        promises.forget(thing, kinds=_PARTS)
        promises.gone(str(kind), thing.name, thing)


def _rename(promises: _Promises, node: Any) -> None:
    """Promise the new name of indexes and constraints; ALTER TABLE may name a view as well."""
    named = relation(node.relation)
    if node.rename_type == _TABLE:
        promises.forget(named, kinds=_PARTS)
        promises.forget_index(named.name, named)
        promises.forget_table(named)
    elif node.rename_type == _COLUMN:
        promises.forget(named, kinds=_PARTS)
    elif node.rename_type == _INDEX and not node.missing_ok:
        promises.forget_constraint(named.name)
        promises.renamed("index", named.name, named)
        promises.present("index", node.newname, named, is_new=False)
    elif node.rename_type == _CONSTRAINT and not node.missing_ok:
        promises.forget_index(node.subname, named)
        promises.renamed("constraint", node.subname, named)
        # What is renamed may have been NOT VALID before.
        promises.present("constraint", node.newname, named, is_new=False, is_valid=False)


def _set_schema(promises: _Promises, node: Any) -> None:
    if node.object_type == _TABLE:
        table = relation(node.relation)
        promises.forget(table, kinds=_PARTS)
        promises.forget_table(table)


_READERS = {
    "create_stmt": _create_table,
    "create_table_as_stmt": _create_table_as,
    "alter_table_stmt": _alter_table,
    "index_stmt": _create_index,
    "drop_stmt": _drop,
    "rename_stmt": _rename,
    "alter_object_schema_stmt": _set_schema,
}
