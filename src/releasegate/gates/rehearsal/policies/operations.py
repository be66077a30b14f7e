"""A table and whose rows there are -> what somebody may try with them, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.gates.rehearsal.policies.stage import NOBODY, A, B
from releasegate.specimens.rows import insertion
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.gates.rehearsal.policies.declaration import Table
    from releasegate.gates.rehearsal.policies.stage import Stage
    from releasegate.specimens.checks import Row

SELECT = "select"
#: over a connection that has prepared it for somebody else, as a pool's connections have
POOLED = "select, pooled"
#: in the order in which they are shown
OPERATIONS = (
    SELECT,
    POOLED,
    "insert own",
    "insert for another",
    "insert without owner",
    "insert under a foreign parent",
    "update own",
    "give away",
    "disown",
    "move under a foreign parent",
    "update foreign",
    "take over foreign",
    "adopt ownerless",
    "delete own",
    "delete foreign",
    "upsert on own id",
    "upsert on a foreign id",
)


@dataclass(frozen=True)
class Attempt:
    """One statement that somebody tries."""

    table: Table
    operation: str
    #: the key that it is about, where the table has several
    column: str | None
    sql: str
    values: tuple[str | None, ...]
    #: the row that it changes or meets
    target: Row | None = None
    is_insert: bool = False
    is_delete: bool = False


def attempts(stage: Stage, table: Table, me: str) -> Iterator[Attempt]:
    """Write every statement that A, or B, may try on a table."""
    names = ", ".join(f"{quote(name)}::text" for name in table.key)
    query = " ".join(("SELECT", names, "FROM", quote_relation(table.relation)))
    yield Attempt(table, SELECT, None, query, ())
    yield Attempt(table, POOLED, None, query, ())
    yield from _inserts(stage, table, me)
    yield from _updates(stage, table, me)
    other = B if me == A else A
    for operation, whose in (("delete own", me), ("delete foreign", other)):
        # The first row may have children, which a delete would meet; the second has none.
        for target in stage.rows[table.relation][whose][1:]:
            yield _delete(table, operation, target)
    yield from _upserts(stage, table, me)


def _inserts(stage: Stage, table: Table, me: str) -> Iterator[Attempt]:
    other = B if me == A else A
    new = stage.new(table, me)
    yield _insert(table, "insert own", None, new)
    yield _insert(table, "insert for another", None, new | _owner(stage, table, other))
    if _may_be_ownerless(table):
        yield _insert(table, "insert without owner", None, new | _owner(stage, table, NOBODY))
    for parent in table.parents:
        if parent != table.via:
            foreign = new | stage.link(table, parent, other)
            yield _insert(table, "insert under a foreign parent", parent.columns[0], foreign)


def _updates(stage: Stage, table: Table, me: str) -> Iterator[Attempt]:
    other = B if me == A else A
    rows = stage.rows[table.relation]
    same = _same(table)
    for own in rows[me][:1]:
        yield _update(table, "update own", None, own, same)
        yield _update(table, "give away", None, own, _owner(stage, table, other))
        if _may_be_ownerless(table):
            yield _update(table, "disown", None, own, _owner(stage, table, NOBODY))
        for parent in table.parents:
            if parent != table.via:
                foreign = stage.link(table, parent, other)
                operation = "move under a foreign parent"
                yield _update(table, operation, parent.columns[0], own, foreign)
    for foreign in rows[other]:
        yield _update(table, "update foreign", None, foreign, same)
    for foreign in rows[other][:1]:
        # All that is of a parent becomes mine, or keys to other owners would hold it back.
        yield _update(table, "take over foreign", None, foreign, _mine(stage, table, me))
    for ownerless in rows[NOBODY][:1]:
        yield _update(table, "adopt ownerless", None, ownerless, _mine(stage, table, me))


def _upserts(stage: Stage, table: Table, me: str) -> Iterator[Attempt]:
    other = B if me == A else A
    closed = any(column.is_closed for column in table.columns if column.name in table.key)
    words = "OVERRIDING SYSTEM VALUE VALUES" if closed else "VALUES"
    arbiter = ", ".join(map(quote, table.key))
    for operation, whose in (("upsert on own id", me), ("upsert on a foreign id", other)):
        for target in stage.rows[table.relation][whose][:1]:
            row = stage.new(table, me) | {name: target[name] for name in table.key}
            made = insertion(table.relation, row)
            changed = ", ".join(
                f"{quote(n)} = EXCLUDED.{quote(n)}" for n in row if n not in table.key
            )
            text = made.sql.replace(" VALUES ", f" {words} ", 1)
            text = " ".join((text, "ON CONFLICT", f"({arbiter})", "DO UPDATE SET", changed))
            if changed:
                yield Attempt(table, operation, None, text, made.values, target, is_insert=True)


def _may_be_ownerless(table: Table) -> bool:
    return table.is_nullable(*(table.via.columns if table.via else (table.column,)))


def _owner(stage: Stage, table: Table, whose: str) -> Row:
    """Give the columns that make a row somebody's."""
    if table.via is None:
        return {table.column: stage.users.get(whose)}
    return (
        stage.link(table, table.via, whose) if whose != NOBODY else dict.fromkeys(table.via.columns)
    )


def _mine(stage: Stage, table: Table, me: str) -> Row:
    row = _owner(stage, table, me)
    for parent in table.parents:
        row |= stage.link(table, parent, me)
    return row


def _same(table: Table) -> str:
    """Choose a column that says nothing of owner or key."""
    telling = {*table.key, table.column, *(name for p in table.parents for name in p.columns)}
    open_ones = [column.name for column in table.columns if not column.is_closed]
    return next((name for name in open_ones if name not in telling), table.column)


def _insert(table: Table, operation: str, column: str | None, row: Row) -> Attempt:
    made = insertion(table.relation, row)
    return Attempt(table, operation, column, made.sql, made.values, is_insert=True)


def _update(
    table: Table, operation: str, column: str | None, target: Row, change: Row | str
) -> Attempt:
    """Change a row's columns, or set one to what it is."""
    values: tuple[str | None, ...] = ()
    if isinstance(change, str):
        pairs = f"{quote(change)} = {quote(change)}"
    else:
        pairs = ", ".join(f"{quote(name)} = ${n}" for n, name in enumerate(change, 1))
        values = tuple(change.values())
    where, key = _is(table.key, target, after=len(values))
    text = " ".join(("UPDATE", quote_relation(table.relation), "SET", pairs, "WHERE", where))
    return Attempt(table, operation, column, text, (*values, *key), target)


def _delete(table: Table, operation: str, target: Row) -> Attempt:
    where, key = _is(table.key, target, after=0)
    text = " ".join(("DELETE FROM", quote_relation(table.relation), "WHERE", where))
    return Attempt(table, operation, None, text, key, target, is_delete=True)


def _is(key: Sequence[str], target: Row, *, after: int) -> tuple[str, tuple[str | None, ...]]:
    pairs = " AND ".join(f"{quote(name)} = ${after + n}" for n, name in enumerate(key, 1))
    return pairs, tuple(target[name] for name in key)
