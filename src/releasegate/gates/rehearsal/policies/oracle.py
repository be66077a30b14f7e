"""An attempt -> what the declaration says must become of it, asked where no policy binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate.gates.rehearsal.policies.operations import POOLED, SELECT
from releasegate.gates.rehearsal.policies.stage import NOBODY, A, B
from releasegate.specimens.raw import ask
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.gates.rehearsal.policies.declaration import Table
    from releasegate.gates.rehearsal.policies.operations import Attempt
    from releasegate.gates.rehearsal.policies.stage import Identity, Stage
    from releasegate.specimens.checks import Row

ONE, NONE, REFUSED = "1 row", "no row", "refused"
#: row security's own, and that of a missing right (manual, appendix A)
NO_RIGHT = "42501"

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Owned:
    """Whose a row is, and whose each of its parents; None where it has no such parent."""

    owner: str | None
    parents: tuple[str | None, ...]


@dataclass(frozen=True)
class Truth:
    """What an attempt does where no policy binds: the row before, and the row after."""

    before: Owned | None = None
    after: Owned | None = None
    #: of a select: every row's key -> whether it is of A, of B or of nobody
    rows: Mapping[Key, str | None] | None = None
    #: why it says nothing: constraints refuse it to everybody
    refusal: str | None = None


_UNOWNED = "(nobody)"


def truth(stage: Stage, attempt: Attempt) -> Truth:
    """Run the attempt as a role that no policy binds, look, and take it back."""
    if attempt.operation in (SELECT, POOLED):
        return Truth(rows=_owners(stage, attempt.table))
    try:
        with stage.oracle.transaction(force_rollback=True):
            before = _owned(stage, attempt.table, attempt.target) if attempt.target else None
            ask(stage.oracle, "SET CONSTRAINTS ALL IMMEDIATE")
            names = ", ".join(f"{quote(name)}::text" for name in attempt.table.key)
            back = ask(stage.oracle, f"{attempt.sql} RETURNING {names}", attempt.values)
            if len(back) != 1:
                return Truth(refusal="a trigger kept it")
            row = dict(zip(attempt.table.key, back[0], strict=True))
            after = None if attempt.is_delete else _owned(stage, attempt.table, row)
            return Truth(before, after)
    except psycopg.Error as error:
        return Truth(refusal=error.sqlstate or "the connection was lost")


def expected(attempt: Attempt, told: Truth, identity: Identity, user: str | None) -> str:
    """Say what must become of it when this identity tries."""
    if told.rows is not None:
        seen = [key for key, whose in told.rows.items() if _is_mine(whose, identity.whose)]
        return words(told.rows.keys() if identity.is_unbound else seen, told.rows)
    if identity.is_unbound:
        return ONE
    if told.before is not None and not _is_mine(told.before.owner, user):
        return REFUSED if attempt.is_insert else NONE
    if told.after is None:
        return ONE
    parents = [one for one in told.after.parents if one is not None]
    is_mine = all(_is_mine(one, user) for one in (told.after.owner, *parents))
    return ONE if is_mine else REFUSED


def words(seen: Iterable[Key], rows: Mapping[Key, str | None]) -> str:
    """Count rows by their owners, never naming one."""
    counts = dict.fromkeys((A, B, NOBODY), 0)
    strange = 0
    for key in seen:
        if key in rows:
            counts[rows[key] or NOBODY] += 1
        else:
            strange += 1
    told = [f"{count} of {whose}" for whose, count in counts.items() if count]
    told += [f"{strange} of others"] if strange else []
    return ", ".join(told) or "nothing"


def _is_mine(owner: str | None, user: str | None) -> bool:
    return user is not None and owner == user


def _owners(stage: Stage, table: Table) -> dict[Key, str | None]:
    names = [f"a.{quote(name)}::text" for name in table.key]
    owner = stage.declaration.owner(table, "a")
    source = f"{quote_relation(table.relation)} a"
    query = " ".join(("SELECT", ", ".join([owner, *names]), "FROM", source))
    whose = {value: key for key, value in stage.users.items()}
    return {tuple(key): whose.get(one) for one, *key in ask(stage.oracle, query)}


def _owned(stage: Stage, table: Table, row: Row) -> Owned:
    declared = stage.declaration
    owners = [declared.owner(table, "a")]
    for number, parent in enumerate(table.parents):
        alias = f"b{number}"
        owner = declared.owner(declared.tables[parent.relation], alias)
        source = f"{quote_relation(parent.relation)} {alias}"
        found = " ".join(
            ("(SELECT", owner, "FROM", source, "WHERE", parent.joins("a", alias) + ")")
        )
        columns = ", ".join(f"a.{quote(name)}" for name in parent.columns)
        unowned = f"coalesce({found}, '{_UNOWNED}')"
        owners.append(f"CASE WHEN num_nulls({columns}) = 0 THEN {unowned} END")
    where = " AND ".join(f"a.{quote(name)} = ${n}" for n, name in enumerate(table.key, 1))
    source = f"{quote_relation(table.relation)} a"
    query = " ".join(("SELECT", ", ".join(owners), "FROM", source, "WHERE", where))
    whose = ask(stage.oracle, query, [row[name] for name in table.key])[0]
    return Owned(whose[0], tuple(whose[1:]))
