"""The app's statements -> which of them fail, played as the app at every step's boundary."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.specimens.app import EXECUTE, PREPARE, Try, app_role, session
from releasegate.specimens.arguments import Arguer
from releasegate.specimens.rows import Maker
from releasegate.statements.parser import SqlError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.specimens.app import Refusal, Session
    from releasegate.specimens.arguments import Arguments
    from releasegate.specimens.demands import Demand
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database

#: the app's connection that was there before the first step, its statements prepared
KEPT = "kept"
#: a connection that is as new at every boundary
FRESH = "fresh"

_PLAYED = frozenset("select_stmt insert_stmt update_stmt delete_stmt merge_stmt".split())
#: classes of SQLSTATEs that values may be to blame for
_OF_VALUES = ("22", "23")
#: timeouts, deadlocks and a busy machine tell nothing about the schema
_OF_CHANCE = ("40", "53", "55P03", "57")
_NOT_NULL = "23502"


class Query(Protocol):
    """One complete statement of the app, with $1, $2, ..."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def sql(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that the server refused. Neither the server's words nor any value."""

    #: 0-based, among the queries
    number: int
    path: str
    line: int
    #: kept or fresh
    session: str
    #: prepare or execute
    phase: str
    sqlstate: str
    #: False: perhaps only our values were refused, or the machine was busy
    is_decided: bool


def newly_failing(baseline: Sequence[Failure], now: Sequence[Failure]) -> tuple[Failure, ...]:
    """Give the failures of statements that worked at the baseline, over the same session."""
    return tuple(one for one in _new(baseline, now) if one.is_decided)


def not_decided(baseline: Sequence[Failure], now: Sequence[Failure]) -> tuple[Failure, ...]:
    """Give the new failures that prove nothing."""
    return tuple(one for one in _new(baseline, now) if not one.is_decided)


def _new(baseline: Sequence[Failure], now: Sequence[Failure]) -> Iterator[Failure]:
    failed = {(one.number, one.session) for one in baseline}
    return (one for one in now if (one.number, one.session) not in failed)


@contextmanager
def opened(
    where: Database,
    queries: Sequence[Query],
    *,
    demands: Sequence[Demand] = (),
    says: Mapping[str, str] | None = None,
) -> Iterator[Player]:
    """Open the app's connection to a filled database and prepare its statements there.

    ``demands`` are the migration's, so that the values fit the keys to come; ``says`` are settings
    of the app's sessions.

    Raises:
        CouldNotLook: no connection was to be had.
    """
    with app_role(where) as app, session(app, says) as kept, session(app, says) as fresh:
        with database.connect(where.owner, application_name="releasegate") as owner:
            arguer = Arguer(owner, Maker(owner, demands))
            parts = tuple(_parts(queries, kept, arguer))
        yield Player(kept, fresh, parts=parts, passed_over=len(queries) - len(parts))


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement that is played."""

    number: int
    query: Query
    #: the baseline's answer to PREPARE
    refusal: Refusal | None
    arguments: Arguments | None

    @property
    def name(self) -> str:
        return f"statement {self.number}"

    def as_tried(self, *, is_new: bool) -> Try:
        """Say what is to be tried over a session that has it prepared, or over a new one."""
        values = self.arguments.values if self.arguments else None
        return Try(self.name, self.query.sql if is_new else None, values)

    def failure(self, which: str, phase: str, refusal: Refusal) -> Failure:
        return Failure(
            number=self.number,
            path=self.query.path,
            line=self.query.line,
            session=which,
            phase=phase,
            sqlstate=refusal.sqlstate,
            is_decided=self._is_decided(refusal),
        )

    def _is_decided(self, refusal: Refusal) -> bool:
        if refusal.sqlstate.startswith(_OF_CHANCE):
            return False
        if self.arguments is None or not refusal.sqlstate.startswith(_OF_VALUES):
            return True
        is_left_out = refusal.sqlstate == _NOT_NULL and (
            refusal.column not in self.arguments.written
        )
        return is_left_out or self.arguments.is_known


def _parts(queries: Sequence[Query], kept: Session, arguer: Arguer) -> Iterator[_Part]:
    for number, query in enumerate(queries):
        statement = _statement(query)
        if statement is None:
            continue
        part = _Part(number, query, None, None)
        refusal = kept.prepare(part.name, query.sql)
        if refusal is not None:
            yield _Part(number, query, refusal, None)
            continue
        arguments = arguer.arguments(statement, kept.parameter_types(part.name))
        yield _Part(number, query, None, arguments)


def _statement(query: Query) -> Statement | None:
    """Read one statement that reads or writes rows; others are not played."""
    try:
        found = parse(query.sql)
    except SqlError:
        return None
    return found[0] if len(found) == 1 and found[0].kind in _PLAYED else None


class Player:
    """Plays the app's statements, each in a transaction that is rolled back."""

    def __init__(
        self, kept: Session, fresh: Session, *, parts: Sequence[_Part], passed_over: int
    ) -> None:
        self._kept = kept
        self._fresh = fresh
        self._parts = parts
        self._passed_over = passed_over

    def play(self) -> tuple[Failure, ...]:
        """Play all of them, over the connection that was there and over a new one.

        Raises:
            CouldNotLook: a statement ended its connection.
        """
        kept = [part for part in self._parts if part.refusal is None]
        failures = [
            part.failure(KEPT, PREPARE, part.refusal) for part in self._parts if part.refusal
        ]
        failures += _tried(self._kept, KEPT, kept)
        self._kept.let_go()
        self._fresh.begin_anew()
        failures += _tried(self._fresh, FRESH, self._parts)
        return tuple(failures)

    def evidence(
        self, baseline: Sequence[Failure], boundaries: Sequence[Sequence[Failure]] = ()
    ) -> dict[str, int]:
        """Count what was looked at, given what the plays returned."""
        failed = {one.number: one.phase for one in baseline}
        phases = list(failed.values())
        return {
            "statements": len(self._parts) + self._passed_over,
            "passed_over": self._passed_over,
            "executed": len(self._parts) - len(failed),
            "prepared_only": phases.count(EXECUTE),
            "not_prepared": phases.count(PREPARE),
            "not_decided": sum(len(not_decided(baseline, now)) for now in boundaries),
        }


def _tried(where: Session, which: str, parts: Sequence[_Part]) -> list[Failure]:
    """Prepare the statements where the session is new, execute them, and tell the failures."""
    tries = [part.as_tried(is_new=which == FRESH) for part in parts]
    found = where.try_each(tries)
    if len(found) < len(parts):
        query = parts[len(found)].query
        place = f"{query.path}:{query.line}"
        raise CouldNotLook(f"The app's statement at {place} ends its own connection.")
    pairs = zip(parts, found, strict=True)
    return [part.failure(which, *refused) for part, refused in pairs if refused is not None]
