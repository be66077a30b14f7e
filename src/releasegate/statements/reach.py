"""Statements so far -> the tables that a further one locks without naming them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.model import Lock, Relation
from releasegate.statements.contract import foreign_keys
from releasegate.statements.locks import (
    ACCESS_EXCLUSIVE,
    MODES,
    ROW_SHARE,
    SHARE,
    SHARE_UPDATE_EXCLUSIVE,
)
from releasegate.statements.parser import relation, strings
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.model import ForeignKey
    from releasegate.statements.parser import Statement

_SUBTYPE = pg_query_pb2.AlterTableType.Value
_VALIDATE, _DROP = _SUBTYPE("AT_ValidateConstraint"), _SUBTYPE("AT_DropConstraint")
_ATTACH, _INHERIT = _SUBTYPE("AT_AttachPartition"), _SUBTYPE("AT_AddInherit")
_DROP_COLUMN = _SUBTYPE("AT_DropColumn")
_TABLE = pg_query_pb2.ObjectType.Value("OBJECT_TABLE")
_INDEX = pg_query_pb2.ObjectType.Value("OBJECT_INDEX")


class Reach:
    """Which keys bind which tables, and which table an index is on."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._keys: dict[tuple[Relation, str], ForeignKey] = {}
        self._indexes: dict[Relation, Relation] = {}
        self._children: dict[Relation, list[Relation]] = {}
        self._partitioned: set[Relation] = set()
        for statement in statements:
            self.learn(statement)

    def learn(self, statement: Statement) -> None:
        """Take a statement's keys and indexes in, and forget the keys that it drops."""
        for key in foreign_keys([statement]):
            name = key.name or "_".join((key.child.name, *key.columns, "fkey"))
            self._keys[key.child, name] = key
        if statement.kind == "index_stmt":
            table = relation(statement.node.relation)
            self._indexes[Relation(table.schema, statement.node.idxname)] = table
        if statement.kind == "create_stmt" and statement.node.HasField("partspec"):
            self._partitioned.add(relation(statement.node.relation))
        if statement.kind == "alter_table_stmt":
            for command in (item.alter_table_cmd for item in statement.node.cmds):
                if command.subtype == _DROP:
                    self._keys.pop((relation(statement.node.relation), command.name), None)
        for parent, child in _kinship(statement):
            self._children.setdefault(parent, []).append(child)

    def is_in_parts(self, index: Relation) -> bool:
        """Tell whether an index is a partitioned table's, which cannot go concurrently."""
        return self._indexes.get(index) in self._partitioned

    def below(self, statement: Statement, lock: Lock) -> Iterator[Lock]:
        """Yield the locks on a table's partitions and heirs.

        LOCK TABLE takes them too (manual, LOCK), and so does an ALTER TABLE that says no ONLY.
        """
        is_taken = MODES.index(lock.mode) >= MODES.index(SHARE)
        if is_taken or self._goes_down(statement, lock.relation):
            yield from (Lock(table, lock.mode) for table in self._descendants(lock.relation))

    def _descendants(self, table: Relation) -> Iterator[Relation]:
        for child in self._children.get(table, ()):
            yield child
            yield from self._descendants(child)

    def _goes_down(self, statement: Statement, table: Relation) -> bool:
        """Tell whether an ALTER TABLE reaches below a table; keys are for partitions alone."""
        node = statement.node
        if statement.kind != "alter_table_stmt" or relation(node.relation) != table:
            return False
        named = [(table, item.alter_table_cmd.name) for item in node.cmds]
        is_of_keys = all(name in self._keys for name in named)
        return bool(node.relation.inh) and (table in self._partitioned or not is_of_keys)

    def locks(self, statement: Statement) -> Iterator[Lock]:
        """Yield the locks on the other ends of keys and on an index's table."""
        node = statement.node
        if statement.kind == "alter_table_stmt":
            for item in node.cmds:
                yield from self._of_command(relation(node.relation), item.alter_table_cmd)
        elif statement.kind == "drop_stmt" and node.remove_type in (_TABLE, _INDEX):
            is_weak = is_concurrent(statement)
            for item in node.objects:
                yield from self._of_dropped(_named(item.list.items), is_weak=is_weak)
        elif statement.kind == "reindex_stmt" and node.HasField("relation"):
            table = self._indexes.get(relation(node.relation))
            if table:
                yield Lock(table, SHARE_UPDATE_EXCLUSIVE if is_concurrent(statement) else SHARE)

    def _of_command(self, table: Relation, command: Any) -> Iterator[Lock]:
        key = self._keys.get((table, command.name))
        if command.subtype == _VALIDATE and key:
            yield Lock(key.parent, ROW_SHARE)
        elif command.subtype == _DROP and key:
            yield Lock(key.parent, ACCESS_EXCLUSIVE)
        elif command.subtype == _DROP_COLUMN:
            for known in self._keys.values():
                if known.child == table and command.name in known.columns:
                    yield Lock(known.parent, ACCESS_EXCLUSIVE)

    def _of_dropped(self, name: Relation, *, is_weak: bool) -> Iterator[Lock]:
        for key in self._keys.values():
            if key.child == name:
                yield Lock(key.parent, ACCESS_EXCLUSIVE)
        for parent in self._partitioned:
            # A partition alone: an heir's parent need not know of it.
            if name in self._children.get(parent, ()):
                yield Lock(parent, ACCESS_EXCLUSIVE)
        if name in self._indexes:
            mode = SHARE_UPDATE_EXCLUSIVE if is_weak else ACCESS_EXCLUSIVE
            yield Lock(self._indexes[name], mode)


def _kinship(statement: Statement) -> Iterator[tuple[Relation, Relation]]:
    """Yield (parent, child) of partitions and of tables that inherit."""
    node = statement.node
    if statement.kind == "create_stmt":
        for item in node.inh_relations:
            yield relation(item.range_var), relation(node.relation)
    for item in node.cmds if statement.kind == "alter_table_stmt" else ():
        command = item.alter_table_cmd
        definition = getattr(command, "def")
        if command.subtype == _ATTACH:
            yield relation(node.relation), relation(definition.partition_cmd.name)
        elif command.subtype == _INHERIT:
            yield relation(definition.range_var), relation(node.relation)


def _named(items: Any) -> Relation:
    names = strings(items)
    return Relation(names[-2] if len(names) > 1 else "public", names[-1])
