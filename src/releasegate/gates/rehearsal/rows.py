"""A few rows, good and bad -> whether file and plan refuse the same, and leave the same behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate import ledger
from releasegate.gates.rehearsal.trial import connected, failure, session_on
from releasegate.plan import AS_WRITTEN
from releasegate.specimens import variants
from releasegate.specimens.rows import common, contents, fill
from releasegate.statements.contract import foreign_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.case import Case
    from releasegate.gates.rehearsal.trial import Trial
    from releasegate.model import Finding, Outcome, Relation
    from releasegate.specimens.variants import Variant, Variants
    from releasegate.statements.parser import Statement

#: how it ended, the rows afterwards, and whether each variant's rows were there
Tried = tuple[str | None, object, bool]
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
            before = common(connection, connection)
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
    before: Mapping[Relation, tuple[str, ...]]
    pool: ThreadPoolExecutor
    #: the file with each group of variants: those that most demands let pass at once, others alone
    by_file: dict[tuple[Variant, ...], Future[Tried]] = field(default_factory=dict)
    #: what becomes of the file with each variant
    ends: dict[Variant, str | None] = field(default_factory=dict)
    #: variants on which file and plan are compared -> file, plan
    pairs: dict[tuple[Variant, ...], tuple[Future[Tried], Future[Tried]]] = field(
        default_factory=dict
    )

    def begin_with_file(self) -> None:
        """Try the file with the variants; a plan that is the file needs no comparison."""
        if self.case.planned.plan.strategy == AS_WRITTEN:
            return
        made = self.bad.made[:_MOST]
        harmless = tuple(one for one in made if one.is_null)
        groups = [harmless, *((one,) for one in made if not one.is_null)]
        for group in filter(None, groups):
            self.by_file[group] = self._submit(self.case.reference, group)

    def go_on_with_plan(self) -> None:
        """Try the plan with each variant that the file refuses, and with all others together."""
        if self.case.planned.plan.strategy == AS_WRITTEN:
            return
        self._part()
        for group, tried in self.by_file.items():
            for one in group:
                self.ends[one] = tried.result()[0]
        taken = tuple(one for one, end in self.ends.items() if end is None)
        by_file = {taken: self.by_file.get(taken) or self._submit(self.case.reference, taken)}
        by_file |= {(one,): self.by_file[(one,)] for one in self.ends if one not in taken}
        for group, tried in by_file.items():
            self.pairs[group] = tried, self._submit(self.case.planned, group)

    def _part(self) -> None:
        """Try the variants of a group alone where it does not speak for each of them."""
        for group, tried in [*self.by_file.items()]:
            end, _, is_whole = tried.result()
            if len(group) > 1 and not (end is None and is_whole):
                del self.by_file[group]
                for one in group:
                    self.by_file[(one,)] = self._submit(self.case.reference, (one,))

    def alike(self) -> Iterator[Finding]:
        """(6) File and plan end alike and leave the same rows."""
        if not self.pairs:
            return
        for group, (by_file, by_plan) in self.pairs.items():
            yield from _compare(self.case, group, by_file.result(), by_plan.result())
        ends = {one: _words(self.ends[one]) for one in self.bad.made[:_MOST]}
        self.case.evidence["row_variants"] = {one.name: end for one, end in ends.items()}
        self.case.evidence["row_variants_left_out"] = {
            **self.bad.missing,
            **{variant.name: "one of too many" for variant in self.bad.made[_MOST:]},
        }

    def _submit(self, trial: Trial, group: tuple[Variant, ...]) -> Future[Tried]:
        expected = self.case.expected if trial is self.case.planned else {}
        return self.pool.submit(_try, trial, self.ground, group, self.before, expected)


def _compare(case: Case, group: Sequence[Variant], by_file: Tried, by_plan: Tried) -> list[Finding]:
    name = ", ".join(variant.name for variant in group) or "good rows"
    if by_file[0] != by_plan[0]:
        words = f"the file {_words(by_file[0])}, and the plan {_words(by_plan[0])}"
        return [case.finding("RG407", f"With {name} {words}.")]
    if by_file[1] != by_plan[1]:
        return [case.finding("RG407", f"With {name} file and plan leave different rows.")]
    return []


def _try(
    trial: Trial,
    ground: Ground,
    group: Sequence[Variant],
    before: Mapping[Relation, tuple[str, ...]],
    expected: Mapping[int, Mapping[str, str | None]],
) -> Tried:
    """Run file or plan on top of variants; tell how it ended and what rows it left."""
    with ground.copy() as made, session_on(made) as session:
        refused = [variants.add(session.connection, variant) for variant in group]
        failed = failure(trial.run_in(session, expected=expected))
        now = common(session.observer, session.observer)
        names = {
            table: tuple(column for column in columns if column in now[table])
            for table, columns in before.items()
            if table in now
        }
        return (
            _ended(failed),
            contents(session.observer, list(names), names=names),
            not any(refused),
        )


def _ended(failed: Outcome | None) -> str | None:
    """Give the SQLSTATE that a run failed with, None where it went through."""
    return None if failed is None else failed.sqlstate or failed.message


def _words(end: str | None) -> str:
    return "goes through" if end is None else f"fails with {end}"
