"""SQL text of an app -> the writes in it: table, columns, and what each column is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements import parser
from releasegate.statements.binds import HOLE_NAME, Normalised, normalise
from releasegate.statements.expressions import Reader, SqlValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.statements.parser import Source

#: no app sends a longer text; reading one would take seconds
MAX_TEXT = 256 << 10
_NO_TEXT = re.compile("[\\0\ud800-\udfff]")
_UPDATE = pg_query_pb2.OnConflictAction.Value("ONCONFLICT_UPDATE")
_CASCADE = pg_query_pb2.DropBehavior.Value("DROP_CASCADE")
_COMMAND = pg_query_pb2.CmdType.Value


@dataclass(frozen=True, slots=True)
class SqlWrite:
    #: insert, update, upsert, delete or copy
    operation: str
    #: None where the statement does not name it
    schema: str | None
    #: None where it is put in at run time
    table: str | None
    #: in order; None where they are not listed, or put in at run time; ``HOLE_NAME`` for some
    columns: tuple[str, ...] | None
    #: what each listed column is given, row by row; a COPY has one row
    rows: tuple[dict[str, SqlValue], ...]
    #: what UPDATE or ON CONFLICT DO UPDATE sets
    updates: dict[str, SqlValue]
    #: 1-based lines within the text: of the verb, and of the statement's end
    line: int
    end_line: int
    #: every bind of the whole text, in order
    binds: tuple[int | str, ...] = ()
    #: plain or cascade, where it is a TRUNCATE
    truncates: str | None = None
    #: the rows of an INSERT that lists no columns; empty ones cannot be read
    unlisted: tuple[tuple[SqlValue, ...], ...] = ()
    #: what is written down of a table's name whose beginning is put in at run time
    ending: str = ""

    @property
    def hides_columns(self) -> bool:
        """Whether some of the columns are put in at run time."""
        return any(HOLE_NAME in name for name in self.columns or ())


def writes(text: str) -> tuple[SqlWrite, ...]:
    """Read the writes of an app's SQL, whatever its placeholders look like.

    Raises:
        SqlError: PostgreSQL's grammar refuses the text.
    """
    if _NO_TEXT.search(text):
        # The parser would stop there, and the server takes no such text.
        raise parser.SqlError("a NUL or a lone surrogate", line=1, column=1)
    if len(text) > MAX_TEXT:
        raise parser.SqlError(f"longer than {MAX_TEXT >> 10} KiB", line=1, column=1)
    normalised = normalise(text)
    return tuple(
        replace(write, binds=normalised.keys)
        for statement in parser.parse(normalised.sql)
        for write in _Writes(statement.source, statement, normalised).found()
    )


def in_order(write: SqlWrite, names: Iterable[str]) -> SqlWrite:
    """Name the columns of an INSERT that lists none, as its table has them."""
    listed = tuple(names)
    if not write.unlisted or not all(0 < len(row) <= len(listed) for row in write.unlisted):
        return write
    rows = tuple(dict(zip(listed, row, strict=False)) for row in write.unlisted)
    return replace(write, columns=tuple(rows[0]), rows=rows)


class _Writes:
    """The writes of one statement; its WITH queries count as well."""

    def __init__(self, source: Source, statement: Any, normalised: Normalised) -> None:
        self._source = source
        self._statement = statement
        self._normalised = normalised

    def found(self) -> Iterator[SqlWrite]:
        ctes: dict[str, Any] = {}
        for node in parser.walk(self._statement.node):
            kind = parser.kind_of(node)
            if kind == "CommonTableExpr":
                ctes[node.ctename] = node
        for node in parser.walk(self._statement.node):
            yield from self._read(node, ctes)

    def _read(self, node: Any, ctes: dict[str, Any]) -> Iterator[SqlWrite]:
        kind = parser.kind_of(node)
        reader = Reader(self._source, self._normalised, ctes)
        if kind == "InsertStmt":
            yield self._insert(node, reader)
        elif kind == "UpdateStmt":
            given = reader.assignments(node.target_list, node.from_clause, target=node.relation)
            yield self._write("update", node.relation, tuple(given), updates=given)
        elif kind == "DeleteStmt":
            yield self._write("delete", node.relation)
        elif kind == "MergeStmt":
            yield from self._merge(node, reader)
        elif kind == "CopyStmt" and node.is_from and node.HasField("relation"):
            columns = self._listed(parser.strings(node.attlist))
            row = tuple(SqlValue("copied") for _ in columns or ())
            yield self._write("copy", node.relation, columns, rows=_matched(columns, [row]))
        elif kind == "TruncateStmt":
            for item in node.relations:
                how = "cascade" if node.behavior == _CASCADE else "plain"
                yield replace(self._write("delete", item.range_var), truncates=how)

    def _insert(self, node: Any, reader: Reader) -> SqlWrite:
        columns = self._listed(tuple(item.res_target.name for item in node.cols))
        if not node.HasField("select_stmt"):
            columns = ()
        rows = _matched(columns, reader.rows(node, len(columns or ())))
        unlisted = () if node.cols else tuple(reader.rows(node, None))
        conflict = node.on_conflict_clause
        if not node.HasField("on_conflict_clause") or conflict.action != _UPDATE:
            made = self._write("insert", node.relation, columns, rows=rows)
            return replace(made, unlisted=unlisted)
        updates = reader.assignments(conflict.target_list, (), target=node.relation)
        made = self._write("upsert", node.relation, columns, rows=rows, updates=updates)
        return replace(made, unlisted=unlisted)

    def _merge(self, node: Any, reader: Reader) -> Iterator[SqlWrite]:
        source = (node.source_relation,)
        for item in node.merge_when_clauses:
            clause = item.merge_when_clause
            if clause.command_type == _COMMAND("CMD_UPDATE"):
                given = reader.assignments(clause.target_list, source, target=node.relation)
                yield self._write("update", node.relation, tuple(given), updates=given)
            elif clause.command_type == _COMMAND("CMD_INSERT"):
                columns = self._listed(tuple(t.res_target.name for t in clause.target_list))
                row = reader.values(clause.values, source)
                yield self._write("insert", node.relation, columns, rows=_matched(columns, [row]))
            elif clause.command_type == _COMMAND("CMD_DELETE"):
                yield self._write("delete", node.relation)

    def _listed(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the names; a hole among them stays, and nothing is known where all are holes."""
        return names if any(HOLE_NAME not in name for name in names) else None

    def _write(
        self,
        operation: str,
        relation: Any,
        columns: tuple[str, ...] | None = (),
        *,
        rows: tuple[dict[str, SqlValue], ...] = (),
        updates: dict[str, SqlValue] | None = None,
    ) -> SqlWrite:
        table, schema = relation.relname, relation.schemaname
        line = self._source.place(relation.location)[0]
        return SqlWrite(
            operation=operation,
            schema=None if HOLE_NAME in schema or not schema else schema,
            table=None if HOLE_NAME in table else table,
            columns=columns,
            rows=rows,
            updates=updates or {},
            line=line,
            end_line=max(line, self._source.place(self._statement.end)[0]),
            ending=table.removeprefix(HOLE_NAME) if table.startswith(HOLE_NAME) else "",
        )


def _matched(
    columns: tuple[str, ...] | None, rows: Iterable[tuple[SqlValue, ...]]
) -> tuple[dict[str, SqlValue], ...]:
    """Match columns to values by position; a row of another width tells nothing."""
    names = columns or ()
    unknown = (SqlValue("unknown", text="a row of another length"),) * len(names)
    full = (row if len(row) == len(names) else unknown for row in rows)
    return tuple(
        {name: item for name, item in zip(names, row, strict=True) if HOLE_NAME not in name}
        for row in full
    )
