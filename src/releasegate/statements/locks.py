"""Statement -> the table locks that it takes (manual, 13.3 and the pages of each command)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import Lock, Relation
from releasegate.statements.parser import Statement, kind_of, relation, strings, walk
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ACCESS_SHARE = "ACCESS SHARE"
ROW_SHARE = "ROW SHARE"
ROW_EXCLUSIVE = "ROW EXCLUSIVE"
SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
SHARE = "SHARE"
SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
EXCLUSIVE = "EXCLUSIVE"
ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

#: weakest first
MODES = (
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE,
)

#: mode -> the modes that it conflicts with (manual, table 13.2)
CONFLICTS = {
    ACCESS_SHARE: frozenset(MODES[7:]),
    ROW_SHARE: frozenset(MODES[6:]),
    ROW_EXCLUSIVE: frozenset(MODES[4:]),
    SHARE_UPDATE_EXCLUSIVE: frozenset(MODES[3:]),
    SHARE: frozenset({ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, *MODES[5:]}),
    SHARE_ROW_EXCLUSIVE: frozenset(MODES[2:]),
    EXCLUSIVE: frozenset(MODES[1:]),
    ACCESS_EXCLUSIVE: frozenset(MODES),
}

_SUBTYPES = pg_query_pb2.AlterTableType
_ALTER_MODES = {
    _SUBTYPES.Value(name): mode
    for mode, names in {
        SHARE_UPDATE_EXCLUSIVE: (
            "AT_SetStatistics",
            "AT_ClusterOn",
            "AT_DropCluster",
            "AT_SetOptions",
            "AT_ResetOptions",
            "AT_SetRelOptions",
            "AT_ResetRelOptions",
            "AT_ValidateConstraint",
            "AT_AttachPartition",
            "AT_DetachPartitionFinalize",
        ),
        SHARE_ROW_EXCLUSIVE: (
            "AT_EnableTrig",
            "AT_EnableAlwaysTrig",
            "AT_EnableReplicaTrig",
            "AT_EnableTrigAll",
            "AT_EnableTrigUser",
            "AT_DisableTrig",
            "AT_DisableTrigAll",
            "AT_DisableTrigUser",
        ),
    }.items()
    for name in names
}
_PARTITIONS = {_SUBTYPES.Value(name) for name in ("AT_AttachPartition", "AT_DetachPartition")}
_ADD_INHERIT = _SUBTYPES.Value("AT_AddInherit")
_ADD_CONSTRAINT = _SUBTYPES.Value("AT_AddConstraint")
_FOREIGN = pg_query_pb2.ConstrType.Value("CONSTR_FOREIGN")
_TABLES = {
    pg_query_pb2.ObjectType.Value(name)
    for name in ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW")
}
_RELATION_PARTS = {
    pg_query_pb2.ObjectType.Value(name): 1
    for name in (
        "OBJECT_COLUMN",
        "OBJECT_TABCONSTRAINT",
        "OBJECT_POLICY",
        "OBJECT_TRIGGER",
        "OBJECT_RULE",
    )
}
#: a table's storage option that is not changed under a weak lock (reloptions.c)
_COLUMN = pg_query_pb2.ObjectType.Value("OBJECT_COLUMN")
_STRONG_OPTION = "user_catalog_table"
_VIEW = pg_query_pb2.ObjectType.Value("OBJECT_VIEW")

_TABLE = pg_query_pb2.ObjectType.Value("OBJECT_TABLE")
_INDEX = pg_query_pb2.ObjectType.Value("OBJECT_INDEX")
_REINDEX_INDEX = pg_query_pb2.ReindexObjectType.Value("REINDEX_OBJECT_INDEX")
_NEEDS_TABLES = frozenset(
    """alter_table_stmt index_stmt create_stmt create_trig_stmt insert_stmt update_stmt delete_stmt
    merge_stmt truncate_stmt create_policy_stmt""".split()
)
# Kinds whose one relation is locked in one mode.
_ONE_RELATION = {
    "index_stmt": SHARE,
    "create_trig_stmt": SHARE_ROW_EXCLUSIVE,
    "rename_stmt": ACCESS_EXCLUSIVE,
    "insert_stmt": ROW_EXCLUSIVE,
    "update_stmt": ROW_EXCLUSIVE,
    "delete_stmt": ROW_EXCLUSIVE,
    "merge_stmt": ROW_EXCLUSIVE,
    "refresh_mat_view_stmt": ACCESS_EXCLUSIVE,
    "cluster_stmt": ACCESS_EXCLUSIVE,
    "alter_object_schema_stmt": ACCESS_EXCLUSIVE,
    "reindex_stmt": SHARE,
    "rule_stmt": ACCESS_EXCLUSIVE,
    "create_policy_stmt": ACCESS_EXCLUSIVE,
    "alter_policy_stmt": ACCESS_EXCLUSIVE,
}


def locks(statement: Statement) -> tuple[Lock, ...]:
    """Predict the locks of one statement on tables that exist, the strongest of each.

    What the text alone cannot tell is missing: the table of a dropped index, the parent of a
    dropped key or of VALIDATE, what CASCADE reaches, children and partitions, tables that are only
    read. The server takes those locks under ``lock_timeout``.
    """
    return strongest(_found(statement))


def is_in_the_way(found: Iterable[Lock]) -> bool:
    """Tell whether any of these locks keeps the app from writing, or from reading."""
    return any(lock.mode in CONFLICTS[ROW_EXCLUSIVE] for lock in found)


def required_tables(statements: Iterable[Statement]) -> set[Relation]:
    """List the tables without which the statements fail, those that they make themselves too."""
    return {
        lock.relation
        for statement in statements
        if statement.kind in _NEEDS_TABLES and not _is_lenient(statement)
        for lock in locks(statement)
    }


def _is_lenient(statement: Statement) -> bool:
    """Tell whether it passes over what is missing, or is about something else than a table."""
    if statement.kind != "alter_table_stmt":
        return False
    return bool(statement.node.missing_ok or statement.node.objtype != _TABLE)


def strongest(found: Iterable[Lock]) -> tuple[Lock, ...]:
    """Reduce to one lock a relation, ordered by name: the order in which they are taken."""
    modes: dict[Relation, list[str]] = {}
    for lock in found:
        modes.setdefault(lock.relation, []).append(lock.mode)
    return tuple(Lock(name, reduce(_join, modes[name])) for name in sorted(modes))


def _join(left: str, right: str) -> str:
    """Find the weakest mode that conflicts with all that either conflicts with."""
    wanted = CONFLICTS[left] | CONFLICTS[right]
    return next(mode for mode in MODES if wanted <= CONFLICTS[mode])


def _found(statement: Statement) -> Iterator[Lock]:
    node = statement.node
    if _names_an_index(statement):
        return
    if statement.kind in _ONE_RELATION and node.HasField(_field(node)):
        is_quiet = is_concurrent(statement)
        mode = SHARE_UPDATE_EXCLUSIVE if is_quiet else _ONE_RELATION[statement.kind]
        yield Lock(relation(getattr(node, _field(node))), mode)
    elif statement.kind in _SPECIAL:
        yield from _SPECIAL[statement.kind](node)


def _names_an_index(statement: Statement) -> bool:
    """Its table's lock, if there is one, cannot be told from the text."""
    node = statement.node
    is_rename = statement.kind == "rename_stmt" and node.rename_type == _INDEX
    return is_rename or (statement.kind == "reindex_stmt" and node.kind == _REINDEX_INDEX)


def _field(node: Any) -> str:
    return "table" if "table" in node.DESCRIPTOR.fields_by_name else "relation"


def _alter_table(node: Any) -> Iterator[Lock]:
    if node.objtype not in _TABLES:
        return
    child = relation(node.relation)
    for item in node.cmds:
        command = item.alter_table_cmd
        is_view = node.objtype == _VIEW
        yield Lock(child, ACCESS_EXCLUSIVE if is_view else _alter_mode(command))
        yield from _parents(command)
        yield from _relatives(command)


def _alter_mode(command: Any) -> str:
    if command.subtype == _ADD_CONSTRAINT and _definition(command).contype == _FOREIGN:
        return SHARE_ROW_EXCLUSIVE
    options = {part.defname for part in walk(command) if kind_of(part) == "DefElem"}
    if _STRONG_OPTION in options:
        return ACCESS_EXCLUSIVE
    return _ALTER_MODES.get(command.subtype, ACCESS_EXCLUSIVE)


def _relatives(command: Any) -> Iterator[Lock]:
    """Find the partition or the new parent that a command names."""
    definition = getattr(command, "def")
    if command.subtype in _PARTITIONS:
        yield Lock(relation(definition.partition_cmd.name), ACCESS_EXCLUSIVE)
    elif command.subtype == _ADD_INHERIT:
        yield Lock(relation(definition.range_var), SHARE_UPDATE_EXCLUSIVE)


def _definition(command: Any) -> Any:
    return getattr(command, "def").constraint


def _parents(node: Any) -> Iterator[Lock]:
    """Find the tables that keys below a node refer to."""
    for part in walk(node):
        if kind_of(part) == "Constraint" and part.contype == _FOREIGN:
            yield Lock(relation(part.pktable), SHARE_ROW_EXCLUSIVE)


def _create_table(node: Any) -> Iterator[Lock]:
    yield from _parents(node)
    mode = ACCESS_EXCLUSIVE if node.HasField("partbound") else SHARE_UPDATE_EXCLUSIVE
    for parent in node.inh_relations:
        yield Lock(relation(parent.range_var), mode)


def _drop(node: Any) -> Iterator[Lock]:
    parts = 0 if node.remove_type in _TABLES else _RELATION_PARTS.get(node.remove_type)
    if parts is None:
        return
    for item in node.objects:
        yield Lock(_named(item.list.items, drop_last=parts), ACCESS_EXCLUSIVE)


def _comment(node: Any) -> Iterator[Lock]:
    """Comments on a table's constraints, triggers and policies only look it up."""
    if node.objtype in _TABLES:
        yield Lock(_named(node.object.list.items, drop_last=0), SHARE_UPDATE_EXCLUSIVE)
    elif node.objtype in _RELATION_PARTS:
        mode = SHARE_UPDATE_EXCLUSIVE if node.objtype == _COLUMN else ACCESS_SHARE
        yield Lock(_named(node.object.list.items, drop_last=1), mode)


def _named(items: Any, *, drop_last: int) -> Relation:
    names = strings(items)[: len(items) - drop_last]
    return Relation(names[-2] if len(names) > 1 else "public", names[-1])


def _truncate(node: Any) -> Iterator[Lock]:
    for item in node.relations:
        yield Lock(relation(item.range_var), ACCESS_EXCLUSIVE)


def _lock(node: Any) -> Iterator[Lock]:
    for item in node.relations:
        yield Lock(relation(item.range_var), MODES[node.mode - 1])


def _maintain(node: Any) -> Iterator[Lock]:
    for item in node.rels:
        if item.vacuum_relation.HasField("relation"):
            yield Lock(relation(item.vacuum_relation.relation), SHARE_UPDATE_EXCLUSIVE)


def _publication(node: Any) -> Iterator[Lock]:
    for item in node.pubobjects:
        table = item.publication_obj_spec.pubtable
        if table.HasField("relation"):
            yield Lock(relation(table.relation), SHARE_UPDATE_EXCLUSIVE)


def _view(node: Any) -> Iterator[Lock]:
    if node.replace:
        yield Lock(relation(node.view), ACCESS_EXCLUSIVE)


def _query(node: Any) -> Iterator[Lock]:
    """Find what a query locks or changes on its way: FOR UPDATE, and CTEs that write."""
    for part in walk(node):
        kind = kind_of(part)
        if kind == "LockingClause":
            yield from (
                Lock(relation(item.range_var), ROW_SHARE)
                for item in node.from_clause
                if item.HasField("range_var")
            )
        elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
            yield Lock(relation(part.relation), ROW_EXCLUSIVE)


def _statistics(node: Any) -> Iterator[Lock]:
    for item in node.relations:
        if item.HasField("range_var"):
            yield Lock(relation(item.range_var), SHARE_UPDATE_EXCLUSIVE)


_SPECIAL = {
    "alter_table_stmt": _alter_table,
    "create_stmt": _create_table,
    "drop_stmt": _drop,
    "comment_stmt": _comment,
    "truncate_stmt": _truncate,
    "lock_stmt": _lock,
    "vacuum_stmt": _maintain,
    "create_stats_stmt": _statistics,
    "create_publication_stmt": _publication,
    "alter_publication_stmt": _publication,
    "view_stmt": _view,
    "select_stmt": _query,
}
