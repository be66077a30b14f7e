"""A value in an app's SQL -> whether it is a bind, NULL, a constant, or made of such."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements import parser
from releasegate.statements.binds import HOLE, HOLE_NAME, Key, Normalised
from releasegate.statements.derived import From, Part, aliases, listed, parts, record, returned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.statements.parser import Source

_NULLIF = pg_query_pb2.A_Expr_Kind.Value("AEXPR_NULLIF")
#: a WITH query that follows itself ends here
MAX_DEPTH = 4
_QUERIES = ("select_stmt", "range_function")
_GENERATORS = {"gen_random_uuid", "uuid_generate_v4", "uuidv4", "uuidv7", "nextval", "random"}


@dataclass(frozen=True, slots=True)
class SqlValue:
    #: bind, element (of a row that a bind brings), member (of JSON that a bind brings), null,
    #: constant, default, column, subquery, generated, copied, excluded, unknown;
    #: or of parts: any (not NULL if any part is not), all (not NULL if every part is not)
    kind: str
    #: 1-based line within the text
    line: int = 1
    bind: Key | None = None
    #: the place in the row of an element
    index: int = 0
    #: a constant's text, a function's name, or a member's
    text: str = ""
    #: (schema or None, table, column) of a column, where the FROM list tells
    reference: tuple[str | None, str, str] | None = None
    #: a column on an outer join's empty side
    is_outer: bool = False
    #: each item of what a bind brings
    is_each: bool = False
    parts: tuple[SqlValue, ...] = ()


class Reader:
    """Reads the values of one statement."""

    def __init__(self, source: Source, normalised: Normalised, ctes: dict[str, Any]) -> None:
        self._source = source
        self._normalised = normalised
        self._ctes = ctes
        #: how many queries deep a column is being followed
        self._depth = 0

    def rows(self, insert: Any, width: int | None) -> Iterator[tuple[SqlValue, ...]]:
        """Yield the rows of an INSERT; a UNION has those of both sides. None: of any width."""
        if insert.HasField("select_stmt"):
            yield from self._rows(insert.select_stmt.select_stmt, width)

    def _rows(self, select: Any, width: int | None) -> Iterator[tuple[SqlValue, ...]]:
        if select.HasField("larg"):
            yield from self._rows(select.larg, width)
            yield from self._rows(select.rarg, width)
            return
        for item in select.values_lists:
            row = self.values(item.list.items, select.from_clause)
            yield self._expanded(row, width) if len(row) != width else row
        unnested = _unnested(select, width)
        recorded = _recorded(select)
        if unnested is not None:
            yield tuple(_each(value) for value in self.values(unnested, ()))
        elif recorded:
            tables = dict(aliases(select.from_clause, self._ctes))
            yield tuple(self._derived(next(iter(tables.values())), x, 1) for x in recorded)
        elif not select.values_lists:
            targets = [target.res_target.val for target in select.target_list]
            yield self.values(targets, select.from_clause)

    def _expanded(self, row: tuple[SqlValue, ...], width: int | None) -> tuple[SqlValue, ...]:
        """Spread ``VALUES %s`` over the columns; any other row of a wrong width is a riddle."""
        if width is None:
            return () if any(item.kind == "row" or item.bind == HOLE for item in row) else row
        if len(row) == 1 and (row[0].kind == "row" or row[0].bind == HOLE):
            bind, line = row[0].bind, row[0].line
            return tuple(SqlValue("element", line, bind, index) for index in range(width))
        return ()

    def values(self, nodes: Iterable[Any], from_clause: Iterable[Any]) -> tuple[SqlValue, ...]:
        """Read a row; a star, or a part put in at run time, hides what stands where."""
        inside = dict(aliases(from_clause, self._ctes))
        row = tuple(self.value(node, inside) for node in nodes)
        return () if any(value.kind == "star" for value in row) else row

    def assignments(
        self, targets: Iterable[Any], from_clause: Iterable[Any], *, target: Any
    ) -> dict[str, SqlValue]:
        """Read ``SET a = x, (b, c) = (y, z)`` of a target table."""
        alias = target.alias.aliasname or target.relname
        own = From(target.schemaname or None, target.relname, False)
        inside = {alias: own, **dict(aliases(from_clause, self._ctes))}
        return {item.res_target.name: self.value(item.res_target.val, inside) for item in targets}

    def value(self, node: Any, tables: dict[str, From]) -> SqlValue:
        """Read one expression."""
        kind = node.WhichOneof("node")
        read = _READERS.get(kind)
        if read is None:
            return SqlValue("unknown", text=kind or "")
        return read(self, getattr(node, kind), tables)

    def _line(self, node: Any) -> int:
        return self._source.place(max(node.location, 0))[0]

    def _parameter(self, node: Any, _: dict[str, From]) -> SqlValue:
        keys = self._normalised.keys
        if not 0 < node.number <= len(keys):
            return SqlValue("unknown", self._line(node))
        kind = "row" if node.number in self._normalised.rows else "bind"
        return SqlValue(kind, self._line(node), keys[node.number - 1])

    def _constant(self, node: Any, _: dict[str, From]) -> SqlValue:
        if node.isnull:
            return SqlValue("null", self._line(node))
        field = node.WhichOneof("val")
        text = str(getattr(getattr(node, field), field)) if field else ""
        if HOLE_NAME in text:
            return SqlValue("unknown", self._line(node))
        return SqlValue("constant", self._line(node), text=text)

    def _default(self, node: Any, _: dict[str, From]) -> SqlValue:
        return SqlValue("default", self._line(node))

    def _cast(self, node: Any, tables: dict[str, From]) -> SqlValue:
        return self.value(node.arg, tables)

    def _coalesce(self, node: Any, tables: dict[str, From]) -> SqlValue:
        return self._made_of("any", node, node.args, tables)

    def _case(self, node: Any, tables: dict[str, From]) -> SqlValue:
        parts = [self.value(item.case_when.result, tables) for item in node.args]
        last = SqlValue("null", self._line(node))
        if node.HasField("defresult"):
            last = self.value(node.defresult, tables)
        return SqlValue("all", self._line(node), parts=(*parts, last))

    def _operator(self, node: Any, tables: dict[str, From]) -> SqlValue:
        if node.kind == _NULLIF:
            return SqlValue("subquery", self._line(node), text="NULLIF")
        sides = [getattr(node, side) for side in ("lexpr", "rexpr") if node.HasField(side)]
        return self._made_of("all", node, sides, tables)

    def _call(self, node: Any, tables: dict[str, From]) -> SqlValue:
        name = parser.strings(node.funcname)[-1]
        if name in _GENERATORS:
            return SqlValue("generated", self._line(node), text=name)
        if name == "unnest" and len(node.args) == 1:
            return _each(self.value(node.args[0], tables))
        return SqlValue("unknown", self._line(node), text=name)

    def _made_of(
        self, kind: str, node: Any, nodes: Iterable[Any], tables: dict[str, From]
    ) -> SqlValue:
        parts = tuple(self.value(part, tables) for part in nodes)
        return SqlValue(kind, self._line(node), parts=parts)

    def _subquery(self, node: Any, _: dict[str, From]) -> SqlValue:
        return SqlValue("subquery", self._line(node), text="a scalar subquery")

    def _assigned(self, node: Any, tables: dict[str, From]) -> SqlValue:
        source = node.source
        if source.WhichOneof("node") == "row_expr":
            return self.value(source.row_expr.args[node.colno - 1], tables)
        return self.value(source, tables)

    def _column(self, node: Any, tables: dict[str, From]) -> SqlValue:
        line = self._line(node)
        if any(field.WhichOneof("node") == "a_star" for field in node.fields):
            return SqlValue("star", line)
        *qualifier, column = parser.strings(node.fields)
        if HOLE_NAME in column:
            return SqlValue("unknown", line, HOLE, text="a part that is put in at run time")
        if not qualifier and len(tables) != 1:
            return SqlValue("unknown", line, text=column)
        if qualifier == ["excluded"]:
            return SqlValue("excluded", line, text=column)
        table = tables.get(qualifier[-1]) if qualifier else next(iter(tables.values()))
        if table is None:
            return SqlValue("unknown", line, text=column)
        return self._resolved(table, column, line)

    def _resolved(self, table: From, column: str, line: int) -> SqlValue:
        if table.query is not None and table.query.WhichOneof("node") in _QUERIES:
            return self._derived(table, column, line)
        reference: tuple[str | None, str, str] | None = (table.schema, table.table, column)
        if table.query is not None:
            reference = returned(table.query, column)
        if reference is None or HOLE_NAME in reference[1]:
            return SqlValue("unknown", line, text=column)
        return SqlValue("column", line, reference=reference, text=column, is_outer=table.is_outer)

    def _derived(self, table: From, column: str, line: int) -> SqlValue:
        """Follow a column of a WITH query, a subquery or ``unnest()`` to what it is made of."""
        if table.query.WhichOneof("node") == "range_function":
            json = record(table.query.range_function)
            if json is not None:
                return self._member(json, column, line)
        if table.is_outer or self._depth > MAX_DEPTH:
            return SqlValue("subquery" if table.is_outer else "endless", line, text=column)
        self._depth += 1
        try:
            found = [self._of_part(part, column, line) for part in parts(table, column)]
        finally:
            self._depth -= 1
        known = tuple(replace(value, line=line) for value in found if value.kind != "endless")
        if len(known) == 1:
            return known[0]
        return SqlValue("all" if known else "unknown", line, text=column, parts=known)

    def _member(self, json: Any, column: str, line: int) -> SqlValue:
        brought = self.value(json, {})
        kind = "member" if brought.kind == "bind" else "unknown"
        return SqlValue(kind, line, brought.bind, text=column)

    def _of_part(self, part: Part, column: str, line: int) -> SqlValue:
        inside = dict(aliases(part.select.from_clause if part.select else (), self._ctes))
        if part.node is not None:
            value = self.value(part.node, inside)
            return value if part.select is not None else _each(value)
        only = next(iter(inside.values())) if len(inside) == 1 else None
        return self._resolved(only, column, line) if only else SqlValue("unknown", line)


def _each(value: SqlValue) -> SqlValue:
    """Take an array that ``unnest()`` spreads for its items."""
    return replace(value, is_each=True)


def _whole(select: Any) -> Any | None:
    """Give the function of ``SELECT * FROM function(...)``."""
    if len(select.target_list) != 1 or len(select.from_clause) != 1:
        return None
    target = select.target_list[0].res_target.val
    fields = target.column_ref.fields if target.HasField("column_ref") else ()
    source = select.from_clause[0]
    if not fields or not fields[-1].HasField("a_star") or not source.HasField("range_function"):
        return None
    return source.range_function


def _recorded(select: Any) -> tuple[str, ...]:
    """Name the columns of ``SELECT * FROM jsonb_to_recordset(...) AS r(a uuid, b text)``."""
    source = _whole(select)
    return listed(source) if source is not None and record(source) is not None else ()


def _unnested(select: Any, width: int | None) -> list[Any] | None:
    """Give the arrays of ``SELECT * FROM unnest(a, b)``: one for each column."""
    source = _whole(select)
    if source is None:
        return None
    for call in parser.walk(source):
        is_call = parser.kind_of(call) == "FuncCall"
        if is_call and parser.strings(call.funcname)[-1] == "unnest" and len(call.args) == width:
            return list(call.args)
    return None


_READERS = {
    "param_ref": Reader._parameter,
    "a_const": Reader._constant,
    "set_to_default": Reader._default,
    "type_cast": Reader._cast,
    "coalesce_expr": Reader._coalesce,
    "case_expr": Reader._case,
    "a_expr": Reader._operator,
    "func_call": Reader._call,
    "sub_link": Reader._subquery,
    "multi_assign_ref": Reader._assigned,
    "column_ref": Reader._column,
}
