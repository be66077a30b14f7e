"""A statement with $1, $2, ... -> which column each parameter is written to or compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from releasegate.model import Relation
from releasegate.statements.parser import kind_of, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from releasegate.specimens.columns import Column
    from releasegate.statements.parser import Statement


_COMPARING = frozenset({"=", "<>", "<", ">", "<=", ">=", "BETWEEN"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter goes."""

    relation: Relation
    column: str
    is_written: bool
    #: as it is, not as a part of an expression
    is_direct: bool = True


@dataclass(slots=True)
class Bindings:
    places: dict[int, Place] = field(default_factory=dict)
    #: every column that the statement writes, whatever with
    written: set[str] = field(default_factory=set)
    #: of LIMIT and OFFSET
    counts: set[int] = field(default_factory=set)


def bindings(statement: Statement, tables: Mapping[Relation, Sequence[Column]]) -> Bindings:
    """Read a statement. A parameter that is both written and compared counts as written."""
    return _Reader(tables).read(statement.node)


#: what the names of one statement stand for, the innermost statement first
_Scopes = tuple[dict[str, Relation], ...]

_SCOPED = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


class _Reader:
    def __init__(self, tables: Mapping[Relation, Sequence[Column]]) -> None:
        self._tables = tables
        self._found = Bindings()
        self._scopes: _Scopes = ()

    def read(self, tree: Any) -> Bindings:
        stack: list[tuple[Any, _Scopes]] = [(tree, ())]
        while stack:
            node, self._scopes = stack.pop()
            if kind_of(node) in _SCOPED:
                self._scopes = (self._scope(node), *self._scopes)
            read = _READERS.get(kind_of(node))
            if read is not None:
                read(self, node)
            stack.extend((child, self._scopes) for child in _children(node))
        return self._found

    def _scope(self, tree: Any) -> dict[str, Relation]:
        """Name the tables of one statement, without those of the statements in it."""
        names: dict[str, Relation] = {}
        stack = [*_children(tree)]
        while stack:
            node = stack.pop()
            if kind_of(node) == "RangeVar":
                relation = self._relation(node)
                names |= {node.alias.aliasname or node.relname: relation} if relation else {}
            elif kind_of(node) not in _SCOPED:
                stack.extend(_children(node))
        return names

    def _relation(self, range_var: Any) -> Relation | None:
        """Find the table: by its schema, else in public, else the only one of that name."""
        named = Relation(range_var.schemaname or "public", range_var.relname)
        if named in self._tables:
            return named
        if range_var.schemaname:
            return None
        alike = [one for one in self._tables if one.name == range_var.relname]
        return alike[0] if len(alike) == 1 else None

    def _insert(self, node: Any) -> None:
        relation = self._relation(node.relation)
        if relation is None:
            return
        names = [item.res_target.name for item in node.cols]
        names = names or [column.name for column in self._tables[relation]]
        for row in _rows(node.select_stmt.select_stmt):
            for name, value in zip(names, row, strict=False):
                self._write(relation, name, value)
        self._found.written.update(names)
        self._assign(relation, node.on_conflict_clause.target_list)

    def _update(self, node: Any) -> None:
        relation = self._relation(node.relation)
        if relation is not None:
            self._assign(relation, node.target_list)

    def _merge(self, node: Any) -> None:
        relation = self._relation(node.relation)
        if relation is None:
            return
        for item in node.merge_when_clauses:
            clause = item.merge_when_clause
            if not clause.values:
                self._assign(relation, clause.target_list)
            for target, value in zip(clause.target_list, clause.values, strict=False):
                self._write(relation, target.res_target.name, value)

    def _assign(self, relation: Relation, targets: Iterable[Any]) -> None:
        for item in targets:
            self._write(relation, item.res_target.name, item.res_target.val)

    def _write(self, relation: Relation, name: str, value: Any) -> None:
        self._found.written.add(name)
        direct = set(_parameters(value))
        for node in walk(value):
            if kind_of(node) == "ParamRef":
                place = Place(relation, name, True, is_direct=node.number in direct)
                self._found.places[node.number] = place

    def _compare(self, node: Any) -> None:
        operator = strings(node.name)[-1:]
        if not _COMPARING.issuperset(operator):
            return
        for one, other in ((node.lexpr, node.rexpr), (node.rexpr, node.lexpr)):
            column = self._column(one)
            if column is not None:
                for number in _parameters(other):
                    self._found.places.setdefault(number, Place(*column, is_written=False))

    def _column(self, node: Any) -> tuple[Relation, str] | None:
        if node.WhichOneof("node") != "column_ref":
            return None
        *qualifier, name = strings(node.column_ref.fields)
        for scope in self._scopes:
            wanted = qualifier[-1:] or [*scope]
            alike = {scope[one] for one in wanted if one in scope and self._has(scope[one], name)}
            if alike:
                return (alike.pop(), name) if len(alike) == 1 else None
        return None

    def _has(self, relation: Relation, name: str) -> bool:
        return any(column.name == name for column in self._tables[relation])

    def _count(self, node: Any) -> None:
        for part in (node.limit_count, node.limit_offset):
            self._found.counts.update(_parameters(part))


_READERS = {
    "InsertStmt": _Reader._insert,
    "UpdateStmt": _Reader._update,
    "MergeStmt": _Reader._merge,
    "A_Expr": _Reader._compare,
    "SelectStmt": _Reader._count,
}


def _children(node: Any) -> Iterator[Any]:
    for descriptor, value in node.ListFields():
        if descriptor.type == descriptor.TYPE_MESSAGE:
            yield from [value] if hasattr(value, "ListFields") else value


def _rows(select: Any) -> Iterator[list[Any]]:
    """Yield the rows that an INSERT's query gives, as far as they are written out."""
    if select.HasField("larg"):
        yield from _rows(select.larg)
        yield from _rows(select.rarg)
        return
    for item in select.values_lists:
        yield list(item.list.items)
    if not select.values_lists:
        yield [item.res_target.val for item in select.target_list]


def _parameters(node: Any) -> Iterator[int]:
    """Yield the parameters that stand there as they are, in a cast or in a list."""
    match node.WhichOneof("node"):
        case "param_ref":
            yield node.param_ref.number
        case "type_cast":
            yield from _parameters(node.type_cast.arg)
        case "list":
            for item in node.list.items:
                yield from _parameters(item)
        case "a_array_expr":
            for item in node.a_array_expr.elements:
                yield from _parameters(item)
