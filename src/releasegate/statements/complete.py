"""SQL text of an app -> the complete statements in it that name given tables, ready to PREPARE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements import parser
from releasegate.statements.binds import HOLE, normalise
from releasegate.statements.writes import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.model import Relation
    from releasegate.statements.parser import Statement

_KINDS = {"select_stmt", "insert_stmt", "update_stmt", "delete_stmt", "merge_stmt"}
_PARAMETER = pg_query_pb2.Token.Value("PARAM")
_NO_TEXT = re.compile("[\\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Complete:
    #: with $1, $2, ... in the order of the text
    sql: str
    #: 1-based, within the text
    line: int


def complete(text: str, relations: Collection[Relation]) -> tuple[Complete, ...]:
    """Read the whole statements that name one of the tables; a text with holes has none."""
    if len(text) > MAX_TEXT or HOLE in text or _NO_TEXT.search(text):
        return ()
    normalised = normalise(text)
    try:
        statements = parser.parse(normalised.sql)
    except parser.SqlError:
        return ()
    names = {(relation.schema, relation.name) for relation in relations}
    found = (item for item in statements if item.kind in _KINDS and _names(item.node, names))
    made = ((_numbered(item, normalised.rows), item.line) for item in found)
    return tuple(Complete(sql, line) for sql, line in made if sql is not None)


def _names(node: Any, wanted: set[tuple[str, str]]) -> bool:
    """Say whether a statement reads or writes one of the tables; a WITH name hides a table."""
    nodes = list(parser.walk(node))
    hidden = {item.ctename for item in nodes if parser.kind_of(item) == "CommonTableExpr"}
    if any(parser.kind_of(item) == "IntoClause" for item in nodes):
        return False
    return any(
        (item.schemaname, item.relname) in wanted
        or (not item.schemaname and item.relname in {name for _, name in wanted} - hidden)
        for item in nodes
        if parser.kind_of(item) == "RangeVar"
    )


def _numbered(statement: Statement, rows: frozenset[int]) -> str | None:
    """Number a statement's own placeholders from 1; a placeholder for a row becomes a row."""
    width = _width(statement) if rows else 1
    source = parser.Source(statement.text)
    pieces: list[bytes] = []
    position, number = 0, 0
    for token in parser.scan(source):
        if token.number != _PARAMETER:
            continue
        is_row = int(source.bytes[token.start + 1 : token.end]) in rows
        if is_row and not width:
            return None
        count = width if is_row else 1
        numbers = ", ".join(f"${number + index + 1}" for index in range(count))
        pieces += [source.bytes[position : token.start], numbers.encode()]
        position, number = token.end, number + count
    return b"".join([*pieces, source.bytes[position:]]).decode()


def _width(statement: Statement) -> int:
    return len(statement.node.cols) if statement.kind == "insert_stmt" else 0


def insert(relation: Relation, columns: Collection[str]) -> str:
    """Write the INSERT that sends these columns."""
    names = ", ".join(map(parser.quote, columns))
    values = ", ".join(f"${index}" for index in range(1, len(columns) + 1))
    target = parser.quote_relation(relation)
    return f"INSERT INTO {target} ({names}) VALUES ({values})"  # noqa: S608, names are quoted


def update(relation: Relation, columns: Collection[str]) -> str:
    """Write the UPDATE that sets these columns, in one row at most."""
    pairs = (f"{parser.quote(name)} = ${index}" for index, name in enumerate(columns, start=1))
    target = parser.quote_relation(relation)
    return f"UPDATE {target} SET {', '.join(pairs)} WHERE ctid = '(0,1)'"  # noqa: S608, names are quoted
