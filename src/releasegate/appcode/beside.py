"""What was read, and the contract -> what makes a verdict meaningless, or fails once keys exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.appcode.reads import PREPARING
from releasegate.statements.binds import HOLE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.reader import Reading
    from releasegate.model import Finding, Relation
    from releasegate.statements.contract import Table

#: calls whose keys are the table's columns; a model may take more, and fills in some itself
_PLAIN = {"sql", "postgrest", "helper", "kysely"}
_INSERTS = ("insert", "upsert")


def beside(reading: Reading, contract: Contract) -> Iterator[Finding]:
    """Say what stands beside the keys themselves."""
    for item in reading.found:
        table = contract.table(item.relation) if item.relation is not None else None
        if item.relation in contract.children and item.site.operation in (*_INSERTS, "update"):
            if table is not None and item.site.api in _PLAIN:
                yield from _unknown_keys(item, table, contract)
                yield from _never_sent(item, table, contract)
            yield from _swallowed(item)
        yield from _truncated(item, reading, contract)
    yield from _before_parent(reading, contract)
    yield from _locking(reading, contract)
    yield from _whole_rows(reading)


def _unknown_keys(item: Found, table: Table, contract: Contract) -> Iterator[Finding]:
    """Name the keys that are no column: the write fails, whatever else it sends."""
    if not table.is_complete or not table.columns:
        return
    own = {column.column for column in contract.of_child(item.relation)}
    aliases = {v.proof[0].what for v in item.site.columns.values() if v.verdict == "alias"}
    for key in dict.fromkeys(sent.key for sent in item.sent):
        if (
            HOLE_NAME in key
            or key in table.columns
            or key in own
            or any(what.startswith(f"{key} ") for what in aliases)
        ):
            continue
        place = next(sent.proof for sent in item.sent if sent.key == key)
        message = f"{key} is no column of {item.site.table}, so this {item.site.operation} fails."
        yield findings.make("RG215", message, path=place.path, line=place.line)


def _never_sent(item: Found, table: Table, contract: Contract) -> Iterator[Finding]:
    if item.site.operation not in _INSERTS or item.is_open or not item.keys:
        return
    own = {column.column for column in contract.of_child(item.relation)}
    missing = [
        name
        for name, column in table.columns.items()
        if column.not_null and not column.has_default and name not in own and name not in item.keys
    ]
    if missing:
        message = (
            f"This {item.site.operation} of {item.site.table} leaves out {', '.join(missing)}, "
            "which may not be NULL and has no default."
        )
        yield findings.make("RG216", message, path=item.site.path, line=item.site.line)


def _swallowed(item: Found) -> Iterator[Finding]:
    if item.swallowed is not None and item.site.operation in _INSERTS:
        message = (
            f"Where this {item.site.operation} of {item.site.table} fails, line {item.swallowed} "
            "only logs it: a key that refuses the row goes unnoticed."
        )
        yield findings.make("RG217", message, path=item.site.path, line=item.site.line)


def _truncated(item: Found, reading: Reading, contract: Contract) -> Iterator[Finding]:
    """Refuse TRUNCATE of a parent: PostgreSQL does, even where there is no child row."""
    if item.truncates != "plain" or item.relation is None:
        return
    together = {
        other.relation
        for other in reading.found
        if other.truncates
        and other.site.path == item.site.path
        and other.site.line == item.site.line
    }
    children = [c.child.name for c in contract.of_parent(item.relation) if c.child not in together]
    if children:
        names = ", ".join(dict.fromkeys(children))
        message = f"TRUNCATE of {item.site.table} fails as soon as {names} refers to it."
        yield findings.make("RG219", message, path=item.site.path, line=item.site.line)


def _before_parent(reading: Reading, contract: Contract) -> Iterator[Finding]:
    """Find a child that is given the id of a row which is written further down."""
    inserts = [i for i in reading.found if i.site.operation in _INSERTS and i.scope is not None]
    for child in inserts:
        for column in contract.of_child(child.relation):
            same = {s.identity for s in child.sent if s.key == column.column and s.identity}
            for parent in inserts:
                if parent.relation != column.parent or parent is child or not same:
                    continue
                is_later = parent.scope is child.scope and parent.site.line > child.site.line
                ids = {s.identity for s in parent.sent if s.key == column.parent_column}
                if is_later and same & ids and parent.site.api not in ("sqlalchemy", "sqlmodel"):
                    yield _too_early(child, parent, str(column))


def _too_early(child: Found, parent: Found, column: str) -> Finding:
    message = (
        f"This insert into {child.site.table} comes before that of its {parent.site.table} in line "
        f"{parent.site.line}: with the key on {column} it fails."
    )
    return findings.make("RG218", message, path=child.site.path, line=child.site.line)


def _locking(reading: Reading, contract: Contract) -> Iterator[Finding]:
    inserted = {i.relation for i in reading.found if i.site.operation in _INSERTS}
    for read in reading.reads:
        if read.kind != "locking":
            continue
        names = _children(read.relation, inserted, contract)
        if names:
            message = (
                f"FOR UPDATE on {read.relation.name} makes inserts into {names} wait once the "
                "keys exist: they take a share of the parent's row."
            )
            yield findings.make("RG220", message, path=read.path, line=read.line)


def _children(parent: Relation, inserted: set[Relation | None], contract: Contract) -> str:
    children = [c.child for c in contract.of_parent(parent) if c.child in inserted]
    return ", ".join(dict.fromkeys(child.name for child in children))


def _whole_rows(reading: Reading) -> Iterator[Finding]:
    """Warn where a prepared statement's columns change under a connection that stays open."""
    whole = [read for read in reading.reads if read.kind == "whole"]
    if not whole or not any(PREPARING.search(c) for c in reading.project.contents.values()):
        return
    for read in whole:
        message = (
            f"All columns of {read.relation.name} are read here, and the migration changes "
            "them: a prepared statement fails (0A000) until the connection is new."
        )
        yield findings.make("RG221", message, path=read.path, line=read.line)
