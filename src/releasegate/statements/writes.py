"""SQL text of an app -> the writes in it: table, columns, and what each column is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements import parser
from releasegate.statements.binds import HOLE_NAME, Normalised, normalise
from releasegate.statements.expressions import Reader, SqlValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.statements.parser import Source

_UPDATE = pg_query_pb2.OnConflictAction.Value("ONCONFLICT_UPDATE")
_COMMAND = pg_query_pb2.CmdType.Value


@dataclass(frozen=True, slots=True)
class SqlWrite:
    #: insert, update, upsert, delete or copy
    operation: str
    #: None where the statement does not name it
    schema: str | None
    #: None where it is put in at run time
    table: str | None
    #: in order; None where they are not listed, or put in at run time
    columns: tuple[str, ...] | None
    #: what each listed column is given, one entry for every way in which it gets a value
    values: dict[str, tuple[SqlValue, ...]]
    #: 1-based lines within the text: of the verb, and of the statement's end
    line: int
    end_line: int
    #: every bind of the whole text, in order
    binds: tuple[int | str, ...] = ()


def writes(text: str) -> tuple[SqlWrite, ...]:
    """Read the writes of an app's SQL, whatever its placeholders look like.

    Raises:
        SqlError: PostgreSQL's grammar refuses the text.
    """
    normalised = normalise(text)
    return tuple(
        replace(write, binds=normalised.keys)
        for statement in parser.parse(normalised.sql)
        for write in _Writes(statement.source, statement, normalised).found()
    )


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
                ctes[node.ctename] = node.ctequery
        for node in parser.walk(self._statement.node):
            yield from self._read(node, ctes)

    def _read(self, node: Any, ctes: dict[str, Any]) -> Iterator[SqlWrite]:
        kind = parser.kind_of(node)
        reader = Reader(self._source, self._normalised, ctes)
        if kind == "InsertStmt":
            yield self._insert(node, reader)
        elif kind == "UpdateStmt":
            values = reader.assignments(node.target_list, node.from_clause, target=node.relation)
            yield self._write("update", node.relation, tuple(values), values)
        elif kind == "DeleteStmt":
            yield self._write("delete", node.relation, (), {})
        elif kind == "MergeStmt":
            yield from self._merge(node, reader)
        elif kind == "CopyStmt" and node.is_from and node.HasField("relation"):
            columns = self._listed(parser.strings(node.attlist))
            values = dict.fromkeys(columns or (), (SqlValue("copied"),))
            yield self._write("copy", node.relation, columns, values)
        elif kind == "TruncateStmt":
            for item in node.relations:
                yield self._write("delete", item.range_var, (), {})

    def _insert(self, node: Any, reader: Reader) -> SqlWrite:
        columns = self._listed(tuple(item.res_target.name for item in node.cols))
        if not node.HasField("select_stmt"):
            columns = ()
        values = _matched(columns, reader.rows(node, len(columns or ())))
        conflict = node.on_conflict_clause
        operation = "insert"
        if node.HasField("on_conflict_clause") and conflict.action == _UPDATE:
            operation = "upsert"
            updates = reader.assignments(conflict.target_list, (), target=node.relation)
            for column, given in updates.items():
                if column in values:
                    values[column] += given
        return self._write(operation, node.relation, columns, values)

    def _merge(self, node: Any, reader: Reader) -> Iterator[SqlWrite]:
        source = (node.source_relation,)
        for item in node.merge_when_clauses:
            clause = item.merge_when_clause
            if clause.command_type == _COMMAND("CMD_UPDATE"):
                values = reader.assignments(clause.target_list, source, target=node.relation)
                yield self._write("update", node.relation, tuple(values), values)
            elif clause.command_type == _COMMAND("CMD_INSERT"):
                columns = self._listed(tuple(t.res_target.name for t in clause.target_list))
                row = reader.values(clause.values, source)
                yield self._write("insert", node.relation, columns, _matched(columns, [row]))
            elif clause.command_type == _COMMAND("CMD_DELETE"):
                yield self._write("delete", node.relation, (), {})

    def _listed(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        return names if names and not any(HOLE_NAME in name for name in names) else None

    def _write(
        self,
        operation: str,
        relation: Any,
        columns: tuple[str, ...] | None,
        values: dict[str, tuple[SqlValue, ...]],
    ) -> SqlWrite:
        table, schema = relation.relname, relation.schemaname
        is_known = HOLE_NAME not in table
        line = self._source.place(relation.location)[0]
        end_line = self._source.place(self._statement.end)[0]
        return SqlWrite(
            operation,
            None if HOLE_NAME in schema or not schema else schema,
            table if is_known else None,
            columns,
            values,
            line,
            max(line, end_line),
        )


def _matched(
    columns: tuple[str, ...] | None, rows: Iterable[tuple[SqlValue, ...]]
) -> dict[str, tuple[SqlValue, ...]]:
    """Give each column its values by position; a row of another width tells nothing."""
    names = columns or ()
    values: dict[str, tuple[SqlValue, ...]] = dict.fromkeys(names, ())
    for row in rows:
        full = row if len(row) == len(names) else (SqlValue("unknown"),) * len(names)
        for column, value in zip(names, full, strict=True):
            values[column] += (value,)
    return values
