"""Rows that are there -> whether any breaks what the migration demands, and how to mend it."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from releasegate import catalog, database, facts, findings
from releasegate.baseline import BaselineError
from releasegate.catalog import demand as kinds
from releasegate.errors import CouldNotLook
from releasegate.gates import ground
from releasegate.gates.live_database import again, cascades
from releasegate.gates.live_database.counting import Count, Counter, settled
from releasegate.gates.live_database.replica import open_replica
from releasegate.gates.live_database.rights import grant
from releasegate.model import CatalogObject, Level, Relation
from releasegate.session import LOOKS
from releasegate.statements.actions import Unsplittable, actions
from releasegate.statements.parser import quote, quote_relation
from releasegate.statements.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from releasegate.catalog import Demand
    from releasegate.database import Connection
    from releasegate.gates.live_database.keeping import Keys
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding

_USING = re.compile(r"\busing\b(.*)\Z", re.IGNORECASE | re.DOTALL)
_ROWS_ARE_HIDDEN = database.NO_RIGHT
#: a value that does not fit its new type
_BAD_VALUE = "22"


@dataclass(frozen=True)
class Counted:
    """Every demand with its count."""

    counts: tuple[Count, ...] = ()
    #: why nothing was counted; empty: it was
    why_not: str = ""
    #: what is wrong with the replica that was given
    no_replica: str = ""
    radii: cascades.Radii = field(default_factory=list)
    #: by the target's clock
    at: datetime | None = None

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [
            {
                "demand": f"{one.demand.kind} {one.demand.name}",
                "table": str(one.demand.table),
                "broken": one.broken,
                "seconds": round(one.seconds, 3),
                **again.evidence(one, self.at),
                **({"sql": _repairs(one.demand)} if one.broken else {}),
            }
            for one in self.counts
        ]


def count(scope: Scope, kept: Keys) -> Counted:
    """Read off a copy of the baseline what the file demands, and ask for each demand's rows."""
    try:
        wanted = _demands(scope)
    except BaselineError:
        return Counted(why_not="the file does not run on a throwaway database")
    before = again.Before(scope, wanted)
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(counting_session(scope))
        except CouldNotLook as why:
            return Counted(no_replica=str(why))
        counter = Counter(connection, scope.inputs.looking, lambda: _observer(scope))
        counts = tuple(before.count(one, counter) for one in wanted if _is_left(scope, one))
        for one in counts if kept.are_wanted else ():
            found = counter.keys(one.demand, kept.limit) if one.broken else []
            kept.keep(one.demand.table, one.demand.name, found)
        radii = cascades.radii(connection, wanted)
    return Counted(counts, radii=radii, at=before.at)


def judged(scope: Scope, counted: Counted) -> Iterator[Finding]:
    if counted.no_replica:
        yield findings.make("RG501", counted.no_replica)
    if counted.why_not:
        yield findings.make("RG522", f"No row was looked at: {counted.why_not}.", level=Level.NOTE)
    for one in counted.counts:
        if one.broken is None:
            yield from _uncounted(scope, one)
        elif one.broken:
            yield _broken(scope, one.demand, one.broken)
    yield from cascades.told(counted.radii)
    yield from again.told(counted.counts)


# -- what is demanded ------------------------------------------------------------------------------


def _demands(scope: Scope) -> tuple[Demand, ...]:
    original = scope.inputs.ground.original
    with scope.inputs.ground.copy() as made, ExitStack() as stack:
        ground.run(scope.inputs.migration, made)
        before, after = (stack.enter_context(_catalogs(where)) for where in (original, made))
        return catalog.demands(before, after, conversions=_conversions(scope))


@contextmanager
def _catalogs(where: Any) -> Iterator[Connection]:
    with database.connect(where.admin, application_name="releasegate") as connection:
        connection.execute("SET search_path = pg_catalog")
        yield connection


def _conversions(scope: Scope) -> dict[tuple[Relation, str], str]:
    """Find the USING of each type change, as it is written."""
    found = {}
    for statement in scope.statements:
        if statement.kind != "alter_table_stmt":
            continue
        try:
            parts = actions(statement)
        except Unsplittable:
            continue
        for action in parts:
            using = _USING.search(action.text)
            if using and action.command is not None:
                found[action.table, action.command.name] = using[1]
    return found


def _is_left(scope: Scope, demand: Demand) -> bool:
    """Leave out what an earlier try has proven already."""
    if not scope.is_begun or demand.kind not in (kinds.KEY, kinds.CHECK):
        return True
    thing = CatalogObject("constraint", demand.table.schema, demand.name, demand.table.name)
    held = scope.held.get(thing)
    return held is None or held.endswith(" NOT VALID")


# -- where and how ---------------------------------------------------------------------------------


@contextmanager
def counting_session(scope: Scope) -> Iterator[Connection]:
    """Give a session that is set up for counting.

    Raises:
        CouldNotLook: the replica that was given is none, or cannot be reached.
    """
    with _place(scope) as connection, settled(connection, scope.inputs.looking):
        yield connection


@contextmanager
def _place(scope: Scope) -> Iterator[Connection]:
    """Count on the replica where one is given: there nobody writes."""
    looking = scope.inputs.looking
    if looking.replica is None:
        yield scope.connection
        return
    with open_replica(scope, looking.replica) as replica:
        yield replica


def _observer(scope: Scope) -> Connection:
    observer = database.connect(scope.live.parameters, application_name="releasegate/watch")
    database.settle(observer, LOOKS)
    return observer


# -- what it comes to ------------------------------------------------------------------------------


def _broken(scope: Scope, demand: Demand, broken: int) -> Finding:
    """An error, unless the file itself changes these rows before it demands anything of them."""
    touched = {demand.table, demand.parent} & scope.written
    message = _words(demand, broken)
    if touched:
        which = ", ".join(sorted(map(str, touched)))
        message += f" The file changes rows of {which} itself: whether enough is not seen."
        return findings.make("RG521", message, level=Level.WARNING, help=_first(demand))
    return findings.make("RG521", message, help=_first(demand))


def _words(demand: Demand, broken: int) -> str:
    rows = "1 row" if broken == 1 else f"{broken} rows"
    if demand.kind == kinds.KEY:
        columns = ", ".join(demand.columns) or "value"
        return (
            f"{rows} of {demand.table} refer by {columns} to a parent that {demand.parent} does "
            f"not have ({demand.name})."
        )
    if demand.kind == kinds.UNIQUE:
        keys = "1 key" if broken == 1 else f"{broken} keys"
        return f"{keys} of {demand.table} stand there more than once ({demand.name})."
    if demand.kind == kinds.NOT_NULL:
        return f"{rows} of {demand.table} have no {demand.name}."
    return f"{rows} of {demand.table} break {demand.name}."


def _uncounted(scope: Scope, one: Count) -> Iterator[Finding]:
    demand, state = one.demand, one.sqlstate or ""
    what = f"{demand.table} was not counted for {demand.name}"
    if state.startswith(_BAD_VALUE):
        message = f"A value of {demand.table} does not fit: {demand.name}, {one.why}."
        yield findings.make("RG521", message, help=_first(demand))
    elif state == _ROWS_ARE_HIDDEN:
        yield _hidden(scope, what, [name for name in (demand.table, demand.parent) if name])
    elif state.startswith("42"):
        # Drift and what the migration itself makes are told elsewhere.
        yield findings.make("RG522", f"{what}: {one.why}.", level=Level.WARNING)
    else:
        yield findings.make("RG522", f"{what}: {one.why}.")


def _hidden(scope: Scope, what: str, tables: Sequence[Relation]) -> Finding:
    role = scope.live.target.role
    wanted = [Right("USAGE", name.schema) for name in tables]
    wanted += [Right("SELECT", name.schema, name.name) for name in tables]
    lacking = facts.missing(scope.connection, role, wanted)
    if not lacking:
        message = f"{what}: row-level security hides rows from {role}."
        return findings.make("RG523", message, help=f"ALTER ROLE {quote(role)} BYPASSRLS;")
    help_ = grant(lacking[0], role)
    return findings.make("RG522", f"{what}: {role} may not read it.", help=help_)


def _first(demand: Demand) -> str:
    return _repairs(demand)["list"] + ";"


def _repairs(demand: Demand) -> dict[str, str]:
    """Write the SQL that lists, mends or puts aside the rows in the way."""
    table = quote_relation(demand.table)
    if demand.kind == kinds.UNIQUE:
        return {"list": f"SELECT count(*) AS times, min(r::text) AS one {demand.broken}"}
    if demand.kind == kinds.TYPE or not demand.key:
        return {"list": f"SELECT r.* {demand.broken}"}
    keys = ", ".join(map(quote, demand.key))
    those = f"({keys}) IN ({demand.listing})"
    aside = quote_relation(Relation(demand.table.schema, f"{demand.table.name}_aside"))
    told = {
        "list": str(demand.listing),
        "put aside": f"CREATE TABLE {aside} AS SELECT * FROM {table} WHERE {those}; "  # noqa: S608
        f"DELETE FROM {table} WHERE {those}",
    }
    if demand.kind == kinds.KEY and demand.columns:
        nulls = ", ".join(f"{quote(column)} = NULL" for column in demand.columns)
        told["mend"] = f"UPDATE {table} SET {nulls} WHERE {those}"  # noqa: S608
    return told


__all__ = ["Counted", "count", "counting_session", "judged"]
