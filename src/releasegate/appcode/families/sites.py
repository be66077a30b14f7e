"""What a family of calls found -> one write site with its verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from releasegate.appcode.contract import ANY_TABLE
from releasegate.appcode.verdicts import Row, decide
from releasegate.model import ColumnVerdict, Proof, Relation, WriteSite

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping

    from releasegate.appcode.contract import Contract


@dataclass(frozen=True, slots=True)
class Sent:
    """One key of a row."""

    key: str
    proof: Proof
    #: the same for two columns that are given the same thing
    identity: str | None


@dataclass(frozen=True, slots=True)
class Found:
    site: WriteSite
    #: None where the table's name, or the whole statement, cannot be read
    relation: Relation | None
    #: the function that it stands in; None at the module's level
    scope: object = None
    #: why the whole site cannot be decided
    riddle: str | None = None
    #: the columns that every row of it sends
    keys: tuple[str, ...] = ()
    #: what cannot be read is a finding only where a call leads to a table of the contract
    is_quiet: bool = False
    #: what its rows send
    sent: tuple[Sent, ...] = ()
    #: the rows may hold other keys than these
    is_open: bool = False
    #: the line of a handler that only logs where the write fails
    swallowed: int | None = None
    #: plain or cascade, where it is a TRUNCATE
    truncates: str | None = None
    #: column -> the reason why a pragma says that it is sent
    settled: Mapping[str, str] = field(default_factory=dict)


def call_line(node: ast.Call) -> int:
    """Give the line of the verb: a chain starts lines above it."""
    return getattr(node.func, "end_lineno", None) or node.lineno


def riddle(
    place: Proof,
    *,
    relation: Relation | None,
    operation: str,
    api: str,
    contract: Contract,
    is_quiet: bool = False,
) -> Found:
    """Make a site that cannot be decided at all; no relation: it may write any table."""
    columns = contract.of_child(relation) if operation != "delete" else ()
    verdicts = {item.column: ColumnVerdict("undecidable", (place,)) for item in columns}
    table = relation.name if relation else ANY_TABLE
    made = WriteSite(place.path, place.line, place.line, table, operation, api, verdicts)
    return Found(made, relation, riddle=place.what, is_quiet=is_quiet)


def site(
    *,
    path: str,
    line: int,
    end_line: int,
    relation: Relation,
    operation: str,
    api: str,
    rows: Iterable[Row],
    updates: Iterable[Row] = (),
    contract: Contract,
    scope: object,
) -> Found:
    """Judge a site: ``rows`` are inserted, ``updates`` are set in rows that exist."""
    columns = contract.of_child(relation)
    rows = tuple(rows)
    verdicts = decide(rows, columns, contract, inserts=True)
    updates = tuple(updates)
    for name, verdict in decide(updates, columns, contract, inserts=False).items():
        if name not in verdicts or verdicts[name].verdict == "sent":
            verdicts[name] = verdict
    made = WriteSite(path, line, end_line, relation.name, operation, api, verdicts)
    written = rows or updates
    return Found(
        made,
        relation,
        scope,
        keys=_always(written),
        sent=tuple(
            Sent(key, value.proof[0], value.identity)
            for row in written
            for key, value in row.values.items()
        ),
        is_open=any(row.is_open for row in written),
    )


def _always(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """List the keys that every row sends, in the first row's order."""
    if not rows:
        return ()
    sent = [set(row.values) - row.uncertain for row in rows]
    return tuple(key for key in rows[0].values if all(key in keys for keys in sent))
