"""What a family of calls found -> one write site with its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.contract import ANY_TABLE
from releasegate.appcode.verdicts import Row, decide
from releasegate.model import ColumnVerdict, Proof, Relation, WriteSite

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from releasegate.appcode.contract import Contract


@dataclass(frozen=True, slots=True)
class Found:
    site: WriteSite
    #: None where the table's name, or the whole statement, cannot be read
    relation: Relation | None
    #: the function that it stands in; None at the module's level
    scope: ast.AST | None = None
    #: why the whole site cannot be decided
    riddle: str | None = None
    #: the columns that every row of it sends
    keys: tuple[str, ...] = ()


def riddle(
    place: Proof, *, relation: Relation | None, operation: str, api: str, contract: Contract
) -> Found:
    """Make a site that cannot be decided at all; no relation: it may write any table."""
    columns = contract.of_child(relation) if operation != "delete" else ()
    verdicts = {item.column: ColumnVerdict("undecidable", (place,)) for item in columns}
    table = relation.name if relation else ANY_TABLE
    made = WriteSite(place.path, place.line, place.line, table, operation, api, verdicts)
    return Found(made, relation, riddle=place.what)


def site(
    *,
    path: str,
    line: int,
    end_line: int,
    relation: Relation,
    operation: str,
    api: str,
    rows: Iterable[Row],
    updates: Row | None,
    contract: Contract,
    scope: ast.AST | None,
) -> Found:
    """Judge a site: ``rows`` are inserted, ``updates`` are set in rows that exist."""
    columns = contract.of_child(relation)
    rows = tuple(rows)
    verdicts = decide(rows, columns, contract, inserts=True)
    if updates is not None:
        for name, verdict in decide([updates], columns, contract, inserts=False).items():
            if name not in verdicts or verdicts[name].verdict == "sent":
                verdicts[name] = verdict
    made = WriteSite(path, line, end_line, relation.name, operation, api, verdicts)
    return Found(made, relation, scope, keys=_always(rows or ((updates,) if updates else ())))


def _always(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """List the keys that every row sends, in the first row's order."""
    if not rows:
        return ()
    sent = [set(row.values) - row.uncertain for row in rows]
    return tuple(key for key in rows[0].values if all(key in keys for keys in sent))
