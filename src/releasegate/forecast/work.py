"""Plan -> what each step makes the server do with the rows that are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from releasegate.model import Relation
from releasegate.rewrite.columns import is_constant
from releasegate.statements.parser import enum, kind_of, parse, relation, strings, walk
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.model import Plan
    from releasegate.statements.parser import Statement

SCAN, JOIN, BUILD, REWRITE, UNKNOWN = "scan", "join", "build", "rewrite", "unknown"

_SUBTYPE = partial(enum, "AlterTableType")
_KIND = partial(enum, "ConstrType")
_ADD_COLUMN, _ADD = _SUBTYPE("AT_AddColumn"), _SUBTYPE("AT_AddConstraint")
_VALIDATE, _SET_NOT_NULL = _SUBTYPE("AT_ValidateConstraint"), _SUBTYPE("AT_SetNotNull")
_ATTACH, _RETYPE = _SUBTYPE("AT_AttachPartition"), _SUBTYPE("AT_AlterColumnType")
_ANEW = {
    _RETYPE,
    *map(_SUBTYPE, ("AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod")),
}
_FOREIGN, _CHECK, _NOT_NULL = map(_KIND, ("CONSTR_FOREIGN", "CONSTR_CHECK", "CONSTR_NOTNULL"))
_EXCLUSION = _KIND("CONSTR_EXCLUSION")
_WITH_INDEX = {_KIND("CONSTR_UNIQUE"), _KIND("CONSTR_PRIMARY")}
_DEFAULT, _GENERATED = _KIND("CONSTR_DEFAULT"), _KIND("CONSTR_GENERATED")
_IDENTITY = _KIND("CONSTR_IDENTITY")
_TABLE, _IS_NOT_NULL = enum("ObjectType", "OBJECT_TABLE"), enum("NullTestType", "IS_NOT_NULL")
_REINDEX_INDEX = enum("ReindexObjectType", "REINDEX_OBJECT_INDEX")
_REINDEX_TABLE = enum("ReindexObjectType", "REINDEX_OBJECT_TABLE")
_SERIALS = frozenset("serial serial2 serial4 serial8 bigserial smallserial".split())
#: of what the text tells nothing
NOWHERE = Relation("", "")
#: how long they take is in their rows, or in code
_UNREADABLE = frozenset(
    """update_stmt delete_stmt merge_stmt do_stmt call_stmt select_stmt copy_stmt
    create_table_as_stmt refresh_mat_view_stmt""".split()
)


@dataclass(frozen=True, slots=True)
class Work:
    """Something that a step does with a table's rows."""

    kind: str
    table: Relation
    #: of a key or an index, in their order; None stands for an expression
    columns: tuple[str | None, ...] = ()
    #: of a key
    parent: Relation | None = None
    #: of an index: its name, how it is built, and what of
    index: Relation | None = None
    is_concurrent: bool = False
    is_unique: bool = False
    method: str = "btree"
    #: it may turn out that nothing is to be done
    is_certain: bool = True


def works(plan: Plan, unproven: Mapping[tuple[Relation, str], Work]) -> dict[int, tuple[Work, ...]]:
    """Read each step's work; ``unproven`` is what proving the live NOT VALID constraints takes."""
    reader = _Reader(dict(unproven))
    return {
        step.ordinal: tuple(
            work
            for text in step.sql
            for statement in parse(text)
            for work in reader.read(statement)
        )
        for step in plan.steps
    }


class _Reader:
    """Follows the statements: what VALIDATE proves was said by an earlier one."""

    def __init__(self, unproven: dict[tuple[Relation, str], Work]) -> None:
        self._unproven = unproven
        #: check -> the column that it keeps from being NULL
        self._not_null: dict[tuple[Relation, str], str] = {}
        self._proven: set[tuple[Relation, str]] = set()
        #: tables by the names that they have by now -> by those that the target knows
        self._known_as: dict[Relation, Relation] = {}

    def read(self, statement: Statement) -> Iterator[Work]:
        for work in self._found(statement):
            parent = self._known(work.parent) if work.parent else None
            yield replace(work, table=self._known(work.table), parent=parent)
        node = statement.node
        if statement.kind == "rename_stmt" and node.rename_type == _TABLE:
            old = relation(node.relation)
            self._known_as[replace(old, name=node.newname)] = self._known(old)

    def _known(self, name: Relation) -> Relation:
        return self._known_as.get(name, name)

    def _found(self, statement: Statement) -> Iterator[Work]:
        node = statement.node
        if statement.kind == "alter_table_stmt":
            for item in node.cmds:
                yield from self._altered(relation(node.relation), item.alter_table_cmd)
        elif statement.kind in ("index_stmt", "reindex_stmt", "cluster_stmt"):
            yield from _of_one_relation(statement)
        elif statement.kind == "vacuum_stmt":
            yield from _vacuum(node)
        elif statement.kind in _UNREADABLE or _copies_rows(statement):
            yield Work(UNKNOWN, NOWHERE)

    def _altered(self, table: Relation, command: Any) -> Iterator[Work]:
        definition = getattr(command, "def")
        if command.subtype == _ADD_COLUMN:
            yield from _column(table, definition.column_def)
        elif command.subtype == _ADD:
            yield from self._added(table, definition.constraint)
        elif command.subtype == _VALIDATE:
            name = table, command.name
            if name in self._not_null:
                self._proven.add((table, self._not_null[name]))
            yield self._unproven.get(name, Work(SCAN, table, is_certain=False))
        elif command.subtype == _SET_NOT_NULL and (table, command.name) not in self._proven:
            yield Work(SCAN, table, is_certain=False)
        elif command.subtype == _ATTACH:
            yield Work(SCAN, relation(definition.partition_cmd.name), is_certain=False)
        elif command.subtype in _ANEW:
            yield Work(REWRITE, table, is_certain=command.subtype != _RETYPE)

    def _added(self, table: Relation, constraint: Any) -> Iterator[Work]:
        work = _constraint(table, constraint)
        if work is None:
            return
        if not constraint.skip_validation:
            yield work
            return
        self._unproven[table, constraint.conname] = work
        column = _kept_from_null(constraint)
        if column:
            self._not_null[table, constraint.conname] = column


def _constraint(table: Relation, node: Any, columns: tuple[str, ...] = ()) -> Work | None:
    """Say what proving a constraint takes."""
    if node.contype == _FOREIGN:
        return Work(JOIN, table, strings(node.fk_attrs) or columns, relation(node.pktable))
    if node.contype in (_CHECK, _NOT_NULL):
        return Work(SCAN, table)
    if node.contype in _WITH_INDEX and not node.indexname:
        keys = strings(node.keys) or columns
        name = Relation(table.schema, node.conname)
        return Work(BUILD, table, keys, index=name, is_unique=True)
    if node.contype == _EXCLUSION:
        name = Relation(table.schema, node.conname)
        method = node.access_method or "gist"
        return Work(BUILD, table, _keys(node.exclusions), index=name, method=method)
    return None


def _column(table: Relation, column: Any) -> Iterator[Work]:
    """Say what a new column takes; its rows have no value, so no parent is looked for."""
    nodes = {item.constraint.contype: item.constraint for item in column.constraints}
    kind = strings(column.type_name.names)[-1:]
    is_stored = _GENERATED in nodes and nodes[_GENERATED].generated_kind == "s"
    varies = _DEFAULT in nodes and not is_constant(nodes[_DEFAULT].raw_expr)
    if is_stored or varies or _IDENTITY in nodes or _SERIALS.intersection(kind):
        yield Work(REWRITE, table)
    found = (_constraint(table, node, (column.colname,)) for node in nodes.values())
    yield from (work for work in found if work is not None)


def _kept_from_null(constraint: Any) -> str | None:
    """Name the column of a CHECK (column IS NOT NULL)."""
    if constraint.contype != _CHECK or not constraint.raw_expr.HasField("null_test"):
        return None
    test = constraint.raw_expr.null_test
    if test.nulltesttype != _IS_NOT_NULL or not test.arg.HasField("column_ref"):
        return None
    return strings(test.arg.column_ref.fields)[-1]


def _of_one_relation(statement: Statement) -> Iterator[Work]:
    node, is_quiet = statement.node, is_concurrent(statement)
    if not node.HasField("relation"):
        return
    name = relation(node.relation)
    if statement.kind == "cluster_stmt":
        yield Work(REWRITE, name)
    elif statement.kind == "index_stmt":
        is_whole = not node.HasField("where_clause")
        if not is_whole:
            # Every row is read; how many are taken is not known.
            yield Work(SCAN, name)
        yield Work(
            BUILD,
            name,
            (*_keys(node.index_params), *_keys(node.index_including_params)),
            index=Relation(name.schema, node.idxname),
            is_concurrent=is_quiet,
            # What is included is not put together either.
            is_unique=node.unique or bool(node.index_including_params),
            method=node.access_method or "btree",
            is_certain=is_whole,
        )
    elif node.kind == _REINDEX_INDEX:
        yield Work(BUILD, NOWHERE, index=name, is_concurrent=is_quiet)
    elif node.kind == _REINDEX_TABLE:
        yield Work(REWRITE, name)


def _keys(elements: Sequence[Any]) -> tuple[str | None, ...]:
    """Read an index's columns, also where they stand in pairs with operators.

    An expression over one column is taken for a value like the column's.
    """
    items = [item.list.items[0] if item.HasField("list") else item for item in elements]
    return tuple(item.index_elem.name or _only_column(item.index_elem.expr) for item in items)


def _only_column(expression: Any) -> str | None:
    refs = (node for node in walk(expression) if kind_of(node) == "ColumnRef")
    named = {name for node in refs for name in strings(node.fields)[-1:]}
    return named.pop() if len(named) == 1 else None


def _vacuum(node: Any) -> Iterator[Work]:
    is_full = any(option.def_elem.defname == "full" for option in node.options)
    for item in node.rels:
        if node.is_vacuumcmd and item.vacuum_relation.HasField("relation"):
            yield Work(REWRITE if is_full else SCAN, relation(item.vacuum_relation.relation))


def _copies_rows(statement: Statement) -> bool:
    """Tell an INSERT of rows that are read from somewhere from one of a few that stand there."""
    if statement.kind != "insert_stmt":
        return False
    return not statement.node.select_stmt.select_stmt.values_lists
