"""Statement -> the rights that its role needs (manual, 5.8 and the pages of each command)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import Relation
from releasegate.statements.contract import foreign_keys
from releasegate.statements.parser import kind_of, relation, strings, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from releasegate.statements.parser import Statement

OWN, CREATE, REFERENCES = "ownership", "CREATE", "REFERENCES"

_OBJECT = pg_query_pb2.ObjectType.Value
_TABLES = {_OBJECT(f"OBJECT_{kind}") for kind in ("TABLE", "VIEW", "MATVIEW", "SEQUENCE", "INDEX")}
_PARTS = {_OBJECT(f"OBJECT_{kind}") for kind in ("COLUMN", "TABCONSTRAINT", "POLICY", "RULE")}
_TRIGGER = _OBJECT("OBJECT_TRIGGER")
_SUBTYPE = pg_query_pb2.AlterTableType.Value
_ADD_CONSTRAINT, _ADD_COLUMN = _SUBTYPE("AT_AddConstraint"), _SUBTYPE("AT_AddColumn")
_INDEXED = {
    pg_query_pb2.ConstrType.Value(f"CONSTR_{kind}") for kind in ("PRIMARY", "UNIQUE", "EXCLUSION")
}
_WRITES = {
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "UPDATE",
}


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """A right that a role needs: ownership, or a privilege on a relation or a schema."""

    #: ownership, or a privilege's name
    what: str
    schema: str
    #: empty: the right is one on the schema
    name: str = ""
    #: for REFERENCES: these columns alone are enough
    columns: tuple[str, ...] = ()

    @property
    def relation(self) -> Relation:
        return Relation(self.schema, self.name)


def rights(statement: Statement) -> tuple[Right, ...]:
    """List what a role must have for a statement, on what exists before it and what it makes."""
    read = _READERS.get(statement.kind)
    found = {*(read(statement.node) if read else ()), *_of_keys(statement)}
    return tuple(sorted(found))


def _own(name: Relation) -> Right:
    return Right(OWN, name.schema, name.name)


def _of_keys(statement: Statement) -> Iterator[Right]:
    for key in foreign_keys([statement]):
        yield Right(REFERENCES, key.parent.schema, key.parent.name, key.parent_columns)


def _alter_table(node: Any) -> Iterator[Right]:
    if node.missing_ok:
        return
    table = relation(node.relation)
    yield _own(table)
    for item in node.cmds:
        if any(map(_makes_index, _constraints(item.alter_table_cmd))):
            yield Right(CREATE, table.schema)


def _constraints(command: Any) -> Iterable[Any]:
    definition = getattr(command, "def")
    if command.subtype == _ADD_CONSTRAINT:
        return [definition.constraint]
    if command.subtype == _ADD_COLUMN:
        return [item.constraint for item in definition.column_def.constraints]
    return []


def _makes_index(constraint: Any) -> bool:
    return constraint.contype in _INDEXED and not constraint.indexname


def _index(node: Any) -> Iterator[Right]:
    table = relation(node.relation)
    yield _own(table)
    yield Right(CREATE, table.schema)


def _create(node: Any) -> Iterator[Right]:
    yield Right(CREATE, relation(node.relation).schema)
    for parent in node.inh_relations:
        yield _own(relation(parent.range_var))


def _create_as(node: Any) -> Iterator[Right]:
    yield Right(CREATE, relation(node.into.rel).schema)
    yield from _query(node)


def _view(node: Any) -> Iterator[Right]:
    yield Right(CREATE, relation(node.view).schema)
    yield from _query(node.query)


def _sequence(node: Any) -> Iterator[Right]:
    yield Right(CREATE, relation(node.sequence).schema)


def _named(node: Any) -> Iterator[Right]:
    names = strings(getattr(node, _NAMES[kind_of(node)]))
    yield Right(CREATE, names[-2] if len(names) > 1 else "public")


_NAMES = {
    "CreateFunctionStmt": "funcname",
    "CreateDomainStmt": "domainname",
    "CreateEnumStmt": "type_name",
}


def _policy(node: Any) -> Iterator[Right]:
    yield _own(relation(node.table))


def _of_relation(node: Any) -> Iterator[Right]:
    yield _own(relation(node.relation))


def _trigger(node: Any) -> Iterator[Right]:
    table = relation(node.relation)
    yield Right("TRIGGER", table.schema, table.name)


def _rename(node: Any) -> Iterator[Right]:
    if node.HasField("relation") and not node.missing_ok:
        table = relation(node.relation)
        yield _own(table)
        if node.rename_type in _TABLES:
            yield Right(CREATE, table.schema)


def _move(node: Any) -> Iterator[Right]:
    if node.HasField("relation") and not node.missing_ok:
        yield _own(relation(node.relation))
        yield Right(CREATE, node.newschema)


def _drop(node: Any) -> Iterator[Right]:
    is_part = node.remove_type in _PARTS or node.remove_type == _TRIGGER
    if node.missing_ok or not (is_part or node.remove_type in _TABLES):
        return
    for item in node.objects:
        names = strings(item.list.items)[: -1 if is_part else None]
        yield _own(Relation(names[-2] if len(names) > 1 else "public", names[-1]))


def _comment(node: Any) -> Iterator[Right]:
    if node.objtype in _TABLES or node.objtype in _PARTS:
        names = strings(node.object.list.items)[: -1 if node.objtype in _PARTS else None]
        yield _own(Relation(names[-2] if len(names) > 1 else "public", names[-1]))


def _truncate(node: Any) -> Iterator[Right]:
    for item in node.relations:
        table = relation(item.range_var)
        yield Right("TRUNCATE", table.schema, table.name)


def _query(node: Any) -> Iterator[Right]:
    """Find what is written, and what is read by a FROM; names of a WITH hide tables."""
    local = {part.ctename for part in walk(node) if kind_of(part) == "CommonTableExpr"}
    written = []
    for part in walk(node):
        kind = kind_of(part)
        if kind in _WRITES:
            written.append(part.relation)
            yield Right(_WRITES[kind], relation(part.relation).schema, part.relation.relname)
    for part in walk(node):
        is_table = kind_of(part) == "RangeVar" and part.relpersistence != "t"
        if is_table and part not in written and not (not part.schemaname and part.relname in local):
            yield Right("SELECT", relation(part).schema, part.relname)


_READERS: dict[str, Callable[[Any], Iterator[Right]]] = {
    "alter_table_stmt": _alter_table,
    "index_stmt": _index,
    "create_stmt": _create,
    "create_table_as_stmt": _create_as,
    "view_stmt": _view,
    "create_seq_stmt": _sequence,
    "create_function_stmt": _named,
    "create_domain_stmt": _named,
    "create_enum_stmt": _named,
    "create_policy_stmt": _policy,
    "alter_policy_stmt": _policy,
    "rule_stmt": _of_relation,
    "create_trig_stmt": _trigger,
    "rename_stmt": _rename,
    "alter_object_schema_stmt": _move,
    "drop_stmt": _drop,
    "comment_stmt": _comment,
    "truncate_stmt": _truncate,
    "insert_stmt": _query,
    "update_stmt": _query,
    "delete_stmt": _query,
    "merge_stmt": _query,
    "select_stmt": _query,
}
