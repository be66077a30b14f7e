"""A few rows, good and bad -> whether file and plan refuse the same, and leave the same behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate import ledger, pipeline
from releasegate.baseline import BaselineError
from releasegate.gates.ground import run_over
from releasegate.gates.rehearsal.trial import connected, failure, session_on
from releasegate.plan import AS_WRITTEN
from releasegate.specimens import variants
from releasegate.specimens.rows import column_names, contents, fill
from releasegate.statements.contract import foreign_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from concurrent.futures import Future

    from releasegate.database import Connection
    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.case import Case
    from releasegate.model import Finding, Migration, Plan, Relation
    from releasegate.specimens.rows import Contents, Names
    from releasegate.specimens.variants import Variant, Variants
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database

#: of a file with more demands only the first are tried; the evidence says how many
_MOST = 24
_AT_ONCE = 2


@contextmanager
def seeded(
    case: Case, statements: Sequence[Statement], tables: Collection[Relation]
) -> Iterator[tuple[Ground, Tries]]:
    """Lay a ground whose tables have rows, and make a bad variant for each demand to come."""
    with case.ground.copy() as made:
        with connected(made) as connection:
            keys = foreign_keys(statements)
            filled = fill(connection, tables, keys=keys, demands=case.to_come)
            bad = variants.variants(connection, filled, case.to_come)
            before = column_names(connection)
            # Every copy has it from here on, as a target has it from its first run on.
            ledger.create(connection)
        case.evidence["rows"] = sum(map(len, filled.rows.values()))
        case.evidence["not_filled"] = {str(name): why for name, why in filled.unfilled.items()}
        ground = replace(case.ground, original=made)
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            yield ground, Tries(case, ground, bad, before, pool)
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Tries:
    """File and plan on good rows and on bad variants, tried while other things are proven."""

    case: Case
    ground: Ground
    bad: Variants
    #: the tables that there were, and their columns: what is new is the catalogs' to compare
    before: Names
    pool: ThreadPoolExecutor
    #: each group of variants: those that most demands let pass at once, every other one alone
    tried: dict[tuple[Variant, ...], Future[Tried]] = field(default_factory=dict)

    def begin(self) -> None:
        """Try file and plan with each group; a plan that is the file needs no comparison."""
        if self.case.planned.plan.strategy == AS_WRITTEN:
            return
        made = self.bad.made[:_MOST]
        # Good rows are tried in any case.
        self._begin(tuple(one for one in made if one.is_null))
        for one in made:
            if not one.is_null:
                self._begin((one,))

    def _begin(self, group: tuple[Variant, ...]) -> None:
        self.tried[group] = self.pool.submit(_try, self.case, self.ground, group, self.before)

    def alike(self) -> Iterator[Finding]:
        """(6) File and plan end alike and leave the same rows."""
        if not self.tried:
            return
        self._part()
        ends: dict[Variant, str | None] = {}
        for group, future in self.tried.items():
            tried = future.result()
            ends |= dict.fromkeys(group, tried.by_file.end)
            yield from _compare(self.case, group, tried)
        words = {one.name: _words(ends[one]) for one in self.bad.made[:_MOST]}
        self.case.evidence["row_variants"] = words
        self.case.evidence["row_variants_left_out"] = {
            **self.bad.missing,
            **{variant.name: "one of too many" for variant in self.bad.made[_MOST:]},
        }

    def _part(self) -> None:
        """Try the variants of a group alone where it does not speak for each of them."""
        for group, future in [*self.tried.items()]:
            if len(group) > 1 and not future.result().speaks_for_each:
                del self.tried[group]
                for one in ((), *((one,) for one in group)):
                    self._begin(one)


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended, and the rows that it left."""

    #: the SQLSTATE that it failed with, or words; None: it went through
    end: str | None
    rows: Contents


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of file and plan on the same rows."""

    by_file: End
    by_plan: End
    #: every variant's rows were there
    is_whole: bool

    @property
    def speaks_for_each(self) -> bool:
        return self.by_file.end is None and self.is_whole


def _compare(case: Case, group: Sequence[Variant], tried: Tried) -> list[Finding]:
    name = ", ".join(variant.name for variant in group) or "good rows"
    by_file, by_plan = tried.by_file, tried.by_plan
    if by_file.end != by_plan.end:
        words = f"the file {_words(by_file.end)}, and the plan {_words(by_plan.end)}"
        return [case.finding("RG407", f"With {name} {words}.")]
    if by_file.rows != by_plan.rows:
        return [case.finding("RG407", f"With {name} file and plan leave different rows.")]
    return []


def _try(case: Case, ground: Ground, group: Sequence[Variant], before: Names) -> Tried:
    """Run the file on top of variants, as psql would, and the plan by the executor."""
    with ground.copy() as made:
        with connected(made) as connection:
            is_whole = _add(connection, group)
            end = _refusal(connection, case.planned.migration)
            by_file = End(end, contents(connection, before, names=before))
        if end is not None and _is_one_transaction(case.reference.plan):
            # It has left everything as it was.
            return Tried(by_file, _by_plan(case, made, before), is_whole)
    with ground.copy() as made:
        with connected(made) as connection:
            _add(connection, group)
        return Tried(by_file, _by_plan(case, made, before), is_whole)


def _add(connection: Connection, group: Sequence[Variant]) -> bool:
    """Add the rows of all variants, and tell whether all are there."""
    refusals = [variants.add(connection, variant) for variant in group]
    return not any(refusals)


def _is_one_transaction(plan: Plan) -> bool:
    return len(plan.steps) == 1 and plan.steps[0].transactional


def _refusal(connection: Connection, migration: Migration) -> str | None:
    """Run the file; give the SQLSTATE that it fails with."""
    try:
        run_over(connection, migration)
    except BaselineError as error:
        return error.sqlstate or str(error)
    finally:
        pipeline.roll_back(connection)
        connection.execute("RESET ALL")
        connection.execute("SET search_path = pg_catalog")
    return None


def _by_plan(case: Case, made: Database, before: Names) -> End:
    with session_on(made) as session:
        failed = failure(case.planned.run_in(session))
        end = None if failed is None else failed.sqlstate or failed.message
        return End(end, contents(session.observer, before, names=before))


def _words(end: str | None) -> str:
    return "goes through" if end is None else f"fails with {end}"
