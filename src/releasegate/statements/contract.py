"""Statements -> foreign keys, the tables' columns, and the places that hide either."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import ForeignKey, Relation
from releasegate.statements import parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.statements.parser import Statement

_CONSTRAINT = pg_query_pb2.ConstrType.Value
_ALTER = pg_query_pb2.AlterTableType.Value
_OBJECT = pg_query_pb2.ObjectType.Value
_FOREIGN, _PRIMARY = _CONSTRAINT("CONSTR_FOREIGN"), _CONSTRAINT("CONSTR_PRIMARY")
_NOT_NULL, _DEFAULT = _CONSTRAINT("CONSTR_NOTNULL"), _CONSTRAINT("CONSTR_DEFAULT")
_FILLED = {_DEFAULT, _CONSTRAINT("CONSTR_IDENTITY"), _CONSTRAINT("CONSTR_GENERATED")}
#: pg_constraint.confdeltype (manual, 51.13)
_ON_DELETE = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
#: words without which code in a string cannot add a key
_MAY_ADD_KEYS = re.compile(
    r"\b(foreign\s+key|references|execute|call|perform|alter\s+table)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Column:
    not_null: bool
    has_default: bool
    #: as PostgreSQL's grammar reads it, ``int4``, ``varchar(20)``
    type: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    #: False where columns come from something that the text does not show
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A statement that may add keys which nobody can read off it."""

    line: int
    column: int
    what: str


def foreign_keys(statements: Iterable[Statement]) -> tuple[ForeignKey, ...]:
    """Read every foreign key that the statements declare, in their order."""
    return tuple(key for statement in statements for key in _keys(statement))


def _keys(statement: Statement) -> Iterator[ForeignKey]:
    for child, node in _definitions(statement):
        if node.HasField("constraint"):
            yield from _key(statement, child, node.constraint, ())
        if node.HasField("column_def"):
            for constraint in node.column_def.constraints:
                columns = (node.column_def.colname,)
                yield from _key(statement, child, constraint.constraint, columns)


def _definitions(statement: Statement) -> Iterator[tuple[Relation, Any]]:
    """Yield each column or constraint that a statement gives a table."""
    for create in _creates(statement):
        for element in create.table_elts:
            yield parser.relation(create.relation), element
    if statement.kind == "alter_table_stmt":
        for command in statement.node.cmds:
            if command.alter_table_cmd.HasField("def"):
                definition = getattr(command.alter_table_cmd, "def")
                yield parser.relation(statement.node.relation), definition


def _creates(statement: Statement) -> Iterator[Any]:
    if statement.kind == "create_stmt":
        yield statement.node
    if statement.kind == "create_foreign_table_stmt":
        yield statement.node.base_stmt
    if statement.kind == "create_schema_stmt":
        for element in statement.node.schema_elts:
            if element.HasField("create_stmt"):
                create = element.create_stmt
                create.relation.schemaname = create.relation.schemaname or statement.node.schemaname
                yield create


def _key(
    statement: Statement, child: Relation, constraint: Any, columns: tuple[str, ...]
) -> Iterator[ForeignKey]:
    if constraint.contype != _FOREIGN:
        return
    yield ForeignKey(
        name=constraint.conname or None,
        child=child,
        columns=parser.strings(constraint.fk_attrs) or columns,
        parent=parser.relation(constraint.pktable),
        parent_columns=parser.strings(constraint.pk_attrs),
        on_delete=_ON_DELETE.get(constraint.fk_del_action, "NO ACTION"),
        line=statement.source.place(constraint.location)[0],
    )


def declared_tables(statements: Iterable[Statement]) -> dict[Relation, Table]:
    """Follow CREATE, ALTER, RENAME and DROP to the tables that a text leaves behind."""
    tables: dict[Relation, Table] = {}
    for statement in statements:
        _apply(statement, tables)
    return tables


def _apply(statement: Statement, tables: dict[Relation, Table]) -> None:
    node = statement.node
    for create in _creates(statement):
        tables.setdefault(parser.relation(create.relation), _created(create, tables))
    if statement.kind == "create_table_as_stmt":
        tables.setdefault(parser.relation(node.into.rel), Table(is_complete=False))
    if statement.kind == "alter_table_stmt":
        _alter(node, tables)
    if statement.kind == "rename_stmt":
        _rename(node, tables)
    if statement.kind == "alter_object_schema_stmt" and node.object_type == _OBJECT("OBJECT_TABLE"):
        _move(tables, parser.relation(node.relation), schema=node.newschema)
    if statement.kind == "drop_stmt" and node.remove_type == _OBJECT("OBJECT_TABLE"):
        for item in node.objects:
            name = parser.strings(item.list.items)
            tables.pop(Relation(name[-2] if len(name) > 1 else "public", name[-1]), None)


def _created(create: Any, tables: dict[Relation, Table]) -> Table:
    table = Table()
    for parent in create.inh_relations:
        table = _merged(table, tables.get(parser.relation(parent.range_var)))
    if create.HasField("of_typename"):
        table = replace(table, is_complete=False)
    for element in create.table_elts:
        if element.HasField("table_like_clause"):
            like = parser.relation(element.table_like_clause.relation)
            table = _merged(table, tables.get(like))
        if element.HasField("column_def"):
            table = _with_column(table, element.column_def)
        if element.HasField("constraint"):
            table = _with_constraint(table, element.constraint)
    return table


def _merged(table: Table, other: Table | None) -> Table:
    if other is None:
        return replace(table, is_complete=False)
    columns = {**table.columns, **other.columns}
    return Table(columns, table.primary_key, table.is_complete and other.is_complete)


def _with_column(table: Table, definition: Any) -> Table:
    kinds = {item.constraint.contype for item in definition.constraints}
    name = parser.strings(definition.type_name.names)[-1:]
    is_serial = name[:1] in (
        ("serial",),
        ("bigserial",),
        ("smallserial",),
        ("serial4",),
        ("serial8",),
    )
    column = Column(
        bool(kinds & {_NOT_NULL, _PRIMARY}) or is_serial,
        bool(kinds & _FILLED) or is_serial,
        _type(definition.type_name),
    )
    key = (definition.colname,) if _PRIMARY in kinds else table.primary_key
    return replace(table, columns={**table.columns, definition.colname: column}, primary_key=key)


def _type(type_name: Any) -> str:
    """Write a type down so that two of them can be compared."""
    modifiers = [str(item.a_const.ival.ival) for item in type_name.typmods]
    size = f"({','.join(modifiers)})" if modifiers else ""
    return parser.strings(type_name.names)[-1] + size + "[]" * len(type_name.array_bounds)


def _with_constraint(table: Table, constraint: Any) -> Table:
    if constraint.contype != _PRIMARY:
        return table
    keys = parser.strings(constraint.keys)
    known = {
        key: replace(table.columns[key], not_null=True) for key in keys if key in table.columns
    }
    return replace(table, columns={**table.columns, **known}, primary_key=keys)


def _alter(node: Any, tables: dict[Relation, Table]) -> None:
    name = parser.relation(node.relation)
    table = tables.get(name, Table(is_complete=False))
    for item in node.cmds:
        table = _altered(table, item.alter_table_cmd)
    if node.objtype == _OBJECT("OBJECT_TABLE"):
        tables[name] = table


def _altered(table: Table, command: Any) -> Table:
    definition = getattr(command, "def")
    columns = dict(table.columns)
    if command.subtype == _ALTER("AT_AddColumn"):
        known = definition.column_def.colname in columns
        return table if known else _with_column(table, definition.column_def)
    if command.subtype == _ALTER("AT_AddConstraint"):
        return _with_constraint(table, definition.constraint)
    if command.subtype == _ALTER("AT_DropColumn"):
        columns.pop(command.name, None)
    elif command.subtype in (_ALTER("AT_SetNotNull"), _ALTER("AT_DropNotNull")):
        if command.name in columns:
            not_null = command.subtype == _ALTER("AT_SetNotNull")
            columns[command.name] = replace(columns[command.name], not_null=not_null)
    elif command.subtype == _ALTER("AT_AlterColumnType") and command.name in columns:
        retyped = replace(columns[command.name], type=_type(definition.column_def.type_name))
        columns[command.name] = retyped
    elif command.subtype == _ALTER("AT_ColumnDefault") and command.name in columns:
        has_default = command.HasField("def")
        columns[command.name] = replace(columns[command.name], has_default=has_default)
    return replace(table, columns=columns)


def _rename(node: Any, tables: dict[Relation, Table]) -> None:
    name = parser.relation(node.relation)
    if node.rename_type == _OBJECT("OBJECT_TABLE"):
        _move(tables, name, name=node.newname)
    if (
        node.rename_type == _OBJECT("OBJECT_COLUMN")
        and node.subname in tables.get(name, Table()).columns
    ):
        table = tables[name]
        new = {node.subname: node.newname}
        columns = {new.get(key, key): column for key, column in table.columns.items()}
        key = tuple(new.get(column, column) for column in table.primary_key)
        tables[name] = replace(table, columns=columns, primary_key=key)


def _move(tables: dict[Relation, Table], old: Relation, **changes: str) -> None:
    if old in tables:
        tables[replace(old, **changes)] = tables.pop(old)


def unreadable(
    statements: Iterable[Statement], earlier: Iterable[Statement] = ()
) -> tuple[Unreadable, ...]:
    """Name the statements whose keys hide in code: DO, CALL, and calls of suspicious functions.

    ``earlier`` are the baseline's statements, which may define functions that these call.
    """
    listed = tuple(statements)
    suspicious = {name for item in (*earlier, *listed) for name in _suspicious_function(item)}
    found = ((item, _hides(item, suspicious)) for item in listed)
    return tuple(Unreadable(*item.place, what) for item, what in found if what)


def _hides(statement: Statement, suspicious: set[str]) -> str | None:
    if statement.kind == "call_stmt":
        return "CALL runs a procedure whose statements cannot be read here"
    if statement.kind == "do_stmt" and _code_may_add_keys(statement.node.args):
        return "DDL inside a DO block cannot be read"
    if statement.kind in ("create_function_stmt", "create_trig_stmt"):
        return None
    for node in parser.walk(statement.node):
        if parser.kind_of(node) == "FuncCall" and parser.strings(node.funcname)[-1] in suspicious:
            return (
                f"the function {parser.strings(node.funcname)[-1]} may add keys when it is called"
            )
    return None


def _suspicious_function(statement: Statement) -> Iterator[str]:
    if statement.kind == "create_function_stmt" and _code_may_add_keys(statement.node.options):
        yield parser.strings(statement.node.funcname)[-1]


def _code_may_add_keys(options: Any) -> bool:
    """Say whether code may; code in a language that is not SQL's own always may."""
    body, language = "", "plpgsql"
    for option in options:
        name, argument = option.def_elem.defname, option.def_elem.arg
        if name == "language":
            language = argument.string.sval.lower()
        if name == "as":
            items = argument.list.items if argument.HasField("list") else [argument]
            body = " ".join(parser.strings(items))
    if language not in ("plpgsql", "sql"):
        return language != "internal" and language != "c"
    return bool(_MAY_ADD_KEYS.search(_without_comments(body)))


def _without_comments(code: str) -> str:
    source = parser.Source(code)
    try:
        comments = [text for _, text in parser.comments(source)]
    except parser.SqlError:
        return code
    for text in comments:
        code = code.replace(text, " ")
    return code
