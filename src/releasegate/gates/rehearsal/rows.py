"""A few rows, good and bad -> whether file and plan refuse the same, and leave the same behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.gates.rehearsal.trial import connected, failure
from releasegate.plan import AS_WRITTEN
from releasegate.specimens import variants
from releasegate.specimens.rows import common, contents, fill
from releasegate.statements.contract import foreign_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.proofs import Case
    from releasegate.gates.rehearsal.trial import Trial
    from releasegate.model import Finding, Relation
    from releasegate.specimens.variants import Variant, Variants
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database

#: how it ended, and the rows afterwards
Tried = tuple[str | None, object]
#: of a file with more demands only the first are tried; the evidence says how many
_MOST = 24
_AT_ONCE = 2


@contextmanager
def seeded(
    case: Case, statements: Sequence[Statement], tables: Collection[Relation]
) -> Iterator[tuple[Ground, Variants]]:
    """Lay a ground whose tables have rows, and make a bad variant for each demand to come."""
    with case.ground.copy() as made:
        with connected(made) as connection:
            keys = foreign_keys(statements)
            filled = fill(connection, tables, keys=keys, demands=case.to_come)
            bad = variants.variants(connection, filled, case.to_come)
        case.evidence["rows"] = sum(map(len, filled.rows.values()))
        case.evidence["not_filled"] = {str(name): why for name, why in filled.unfilled.items()}
        yield replace(case.ground, original=made), bad


def alike(case: Case, ground: Ground, bad: Variants) -> Iterator[Finding]:
    """(6) On good rows and on each bad variant, file and plan end alike and leave the same rows.

    The file is tried with each variant first. Those that it takes are tried together. A plan that
    is the file has nothing to be compared with.
    """
    if case.planned.plan.strategy == AS_WRITTEN:
        return
    tried = bad.made[:_MOST]
    with connected(ground.original) as connection:
        names = common(connection, connection)

    def tried_by_file(group: tuple[Variant, ...]) -> Tried:
        return _try(case.reference, ground, group, names, {})

    def tried_by_plan(group: tuple[Variant, ...]) -> Tried:
        return _try(case.planned, ground, group, names, case.expected)

    by_file = {variant: tried_by_file((variant,)) for variant in tried}
    taken = tuple(variant for variant, (end, _) in by_file.items() if end is None)
    wanted: dict[tuple[Variant, ...], Tried] = {taken: tried_by_file(taken)}
    wanted |= {(variant,): by_file[variant] for variant in tried if variant not in taken}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        got = pool.map(tried_by_plan, wanted)
        for group, mine in zip(wanted, got, strict=True):
            yield from _compare(case, group, wanted[group], mine)
    case.evidence["row_variants"] = {one.name: _words(by_file[one][0]) for one in tried}
    case.evidence["row_variants_left_out"] = {
        **bad.missing,
        **{variant.name: "one of too many" for variant in bad.made[_MOST:]},
    }


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
    """Run file or plan on top of variants; tell how it ended and what rows it left.

    Rows are told by the columns of before: what is new is the catalogs' to compare.
    """
    with ground.copy() as made:
        end = _end(trial, made, group, expected)
        with connected(made) as connection:
            now = common(connection, connection)
            names = {
                table: tuple(column for column in columns if column in now[table])
                for table, columns in before.items()
                if table in now
            }
            return end, contents(connection, list(names), names=names)


def _end(
    trial: Trial,
    made: Database,
    group: Sequence[Variant],
    expected: Mapping[int, Mapping[str, str | None]],
) -> str | None:
    """Run one of them; give the SQLSTATE that it failed with, None where it went through."""
    with connected(made) as connection:
        for variant in group:
            variants.add(connection, variant)
    failed = failure(trial.run(made, expected=expected))
    return None if failed is None else failed.sqlstate or failed.message


def _words(end: str | None) -> str:
    return "goes through" if end is None else f"fails with {end}"
