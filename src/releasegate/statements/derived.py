"""A FROM list -> what each alias stands for, and what a query behind one gives for a column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements import parser
from releasegate.statements.binds import HOLE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_JOIN = pg_query_pb2.JoinType.Value
#: the joins that may leave their left, and their right, side empty
_EMPTY_LEFT = {_JOIN("JOIN_RIGHT"), _JOIN("JOIN_FULL")}
_EMPTY_RIGHT = {_JOIN("JOIN_LEFT"), _JOIN("JOIN_FULL")}
_RECORD = re.compile(r"jsonb?_(to|populate)_record(set)?")


@dataclass(frozen=True, slots=True)
class From:
    """What an alias stands for: a table, or a query with the names that its columns are given."""

    schema: str | None
    table: str
    is_outer: bool = False
    query: Any = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that gives a column its value, or the column itself behind a star."""

    select: Any
    node: Any = None


def aliases(
    from_clause: Iterable[Any], ctes: Mapping[str, Any], *, is_outer: bool = False
) -> Iterator[tuple[str, From]]:
    for item in from_clause:
        kind = item.WhichOneof("node")
        if kind == "range_var":
            yield _named(item.range_var, ctes, is_outer=is_outer)
        elif kind == "join_expr":
            join = item.join_expr
            for side, kinds in ((join.larg, _EMPTY_LEFT), (join.rarg, _EMPTY_RIGHT)):
                yield from aliases([side], ctes, is_outer=is_outer or join.jointype in kinds)
        elif kind == "range_subselect":
            alias = item.range_subselect.alias
            names = tuple(parser.strings(alias.colnames))
            query = item.range_subselect.subquery
            yield alias.aliasname, From(None, HOLE_NAME, is_outer, query, names)
        elif kind == "range_function":
            alias = item.range_function.alias
            names = listed(item.range_function) or (alias.aliasname,)
            yield alias.aliasname, From(None, HOLE_NAME, is_outer, item, names)
        elif kind is not None:
            yield getattr(item, kind).alias.aliasname, From(None, HOLE_NAME, is_outer)


def _named(table: Any, ctes: Mapping[str, Any], *, is_outer: bool) -> tuple[str, From]:
    cte = ctes.get(table.relname) if not table.schemaname else None
    query: Any = None
    names: tuple[str, ...] = ()
    if cte is not None:
        query, names = cte.ctequery, tuple(parser.strings(cte.aliascolnames))
    schema = table.schemaname if HOLE_NAME not in table.schemaname else ""
    found = From(schema or None, table.relname, is_outer, query, names)
    return table.alias.aliasname or table.relname, found


def parts(table: From, column: str) -> tuple[Part, ...]:
    """Find the expressions behind a column of a query; a UNION has one for each side."""
    kind = table.query.WhichOneof("node")
    if kind == "range_function":
        found = _of_function(table.query.range_function, table.names, column)
        return (Part(None, found),) if found is not None else ()
    if kind != "select_stmt":
        return ()
    return tuple(_of_select(table.query.select_stmt, table.names, column))


def _of_select(select: Any, names: tuple[str, ...], column: str) -> Iterator[Part]:
    if select.HasField("larg"):
        first = names or _names(select.larg)
        yield from _of_select(select.larg, first, column)
        yield from _of_select(select.rarg, first, column)
        return
    known = names or _names(select)
    for row in select.values_lists:
        if column in known and known.index(column) < len(row.list.items):
            yield Part(select, row.list.items[known.index(column)])
    if select.values_lists:
        return
    for index, target in enumerate(select.target_list):
        name = known[index] if index < len(known) else ""
        if name == column:
            yield Part(select, target.res_target.val)
        elif name == "*":
            yield Part(select)


def _names(select: Any) -> tuple[str, ...]:
    """Name the columns of a SELECT as PostgreSQL does; ``*`` for all of a table."""
    found: list[str] = []
    for index, target in enumerate(select.target_list):
        fields = target.res_target.val.column_ref.fields
        last = fields[-1] if len(fields) else None
        if last is not None and last.WhichOneof("node") == "a_star":
            found.append("*")
        else:
            plain = parser.strings(fields[-1:]) if last is not None else ()
            found.append(target.res_target.name or (plain[0] if plain else f"?{index}"))
    if select.values_lists:
        return tuple(f"column{i + 1}" for i in range(len(select.values_lists[0].list.items)))
    return tuple(found)


def listed(function: Any) -> tuple[str, ...]:
    """Name the columns of ``unnest(...) AS t(a, b)`` and ``... AS t(a uuid, b text)``."""
    defined = tuple(item.column_def.colname for item in function.coldeflist)
    return defined or tuple(parser.strings(function.alias.colnames))


def record(function: Any) -> Any | None:
    """Give the JSON of ``jsonb_to_recordset(json)`` and ``json_populate_record(NULL::t, json)``."""
    for call in parser.walk(function):
        name = parser.strings(call.funcname)[-1] if parser.kind_of(call) == "FuncCall" else ""
        found = _RECORD.fullmatch(name)
        if found is not None and len(call.args):
            return call.args[len(call.args) - 1]
    return None


def _of_function(function: Any, names: tuple[str, ...], column: str) -> Any | None:
    """Give the array of ``unnest(a, b) AS t(x, y)`` behind a column."""
    for call in parser.walk(function):
        is_call = parser.kind_of(call) == "FuncCall"
        if is_call and parser.strings(call.funcname)[-1] == "unnest" and column in names:
            index = names.index(column)
            return call.args[index] if index < len(call.args) else None
    return None


def returned(query: Any, column: str) -> tuple[str | None, str, str] | None:
    """Follow a column of ``WITH x AS (INSERT ... RETURNING column)`` to its table."""
    kind = query.WhichOneof("node")
    if kind not in ("insert_stmt", "update_stmt"):
        return None
    statement = getattr(query, kind)
    for item in statement.returning_clause.exprs:
        target = item.res_target
        fields = target.val.column_ref.fields
        is_star = len(fields) > 0 and fields[-1].WhichOneof("node") == "a_star"
        name = column if is_star else (parser.strings(fields[-1:]) or ("",))[0]
        if is_star or (target.name or name) == column:
            return statement.relation.schemaname or None, statement.relation.relname, name
    return None
