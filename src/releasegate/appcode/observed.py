"""A statement that a server has seen, and the contract -> which contract columns it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.families import sql_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.model import Relation


@dataclass(frozen=True, slots=True)
class Observed:
    """A write of a contract table, without its text."""

    relation: Relation
    #: insert, update, upsert or delete
    operation: str
    #: contract columns that can be sent already, and are not
    omitted: tuple[str, ...]
    #: those of which it cannot be read whether they are
    unread: tuple[str, ...] = ()


def observed(text: str, contract: Contract) -> Iterator[Observed]:
    """Read the writes of one statement, by the rules that the app's own SQL is read by."""
    for found in sql_files.sites("", text, contract):
        if found.relation is None:
            continue
        old = {c.column for c in contract.of_child(found.relation) if not c.created}
        verdicts = {name: v.verdict for name, v in found.site.columns.items() if name in old}
        yield Observed(
            found.relation,
            found.site.operation,
            tuple(name for name, verdict in verdicts.items() if verdict == "omitted"),
            tuple(name for name, verdict in verdicts.items() if verdict == "undecidable"),
        )
