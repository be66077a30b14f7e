"""What a family of calls found -> one write site with its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.verdicts import Row, decide
from releasegate.model import Relation, WriteSite

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

    @classmethod
    def undecidable(
        cls, path: str, line: int, table: str, operation: str, api: str, why: str
    ) -> Found:
        return cls(WriteSite(path, line, line, table, operation, api, {}), None, None, why)


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
    verdicts = decide(rows, columns, contract, inserts=True)
    if updates is not None:
        for name, verdict in decide([updates], columns, contract, inserts=False).items():
            if name not in verdicts or verdicts[name].verdict == "sent":
                verdicts[name] = verdict
    made = WriteSite(path, line, end_line, relation.name, operation, api, verdicts)
    return Found(made, relation, scope)
