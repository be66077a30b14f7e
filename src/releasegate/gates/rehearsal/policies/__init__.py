"""A file that declares owners -> whether its policies keep everybody to their own rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from releasegate import appcode, facts, findings
from releasegate.counted import counted
from releasegate.errors import CouldNotLook
from releasegate.gates.rehearsal.policies import app, asks, plans, stage, teeth
from releasegate.gates.rehearsal.policies.declaration import Declaration, read
from releasegate.gates.rehearsal.policies.matrix import laid_out
from releasegate.gates.rehearsal.policies.operations import OPERATIONS
from releasegate.gates.rehearsal.trial import connected, failure
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.gates.rehearsal.case import Case
    from releasegate.gates.rehearsal.policies.app import Played
    from releasegate.gates.rehearsal.policies.matrix import Cell, Matrix
    from releasegate.gates.rehearsal.policies.plans import Look
    from releasegate.gates.rehearsal.policies.teeth import Bite
    from releasegate.model import Finding
    from releasegate.specimens.player import Query
    from releasegate.throwaway import Database

_SHOWN = 5


def hold(case: Case, app_files: Mapping[str, bytes | None]) -> Iterator[Finding]:
    """Enable the policies on a copy, and hold them against what the header declares."""
    said = case.planned.migration.directives
    yield from _undeclared(case)
    if not said.owners:
        return
    with _filed(case) as made:
        with connected(made) as connection:
            declared = read(said, connection)
        if not isinstance(declared, Declaration):
            for problem in declared:
                yield case.finding("RG431", problem.message, line=problem.line)
            return
        enabled = stage.enable(made, declared)
        if enabled and case.planned.migration.draft:
            message = f"The draft itself switches row security on for {', '.join(enabled)}."
            yield case.finding("RG436", message)
        try:
            with stage.opened(made, declared) as opened:
                queries = appcode.queries(app_files, list(declared.tables))
                yield from _held(case, laid_out(opened), queries)
        except CouldNotLook as why:
            yield case.finding("RG432", f"The policies could not be tried: {why}.")


def _undeclared(case: Case) -> Iterator[Finding]:
    """Name tables whose policies the file changes and nobody can hold against anything."""
    declared = {owner.table for owner in case.planned.migration.directives.owners}
    changed = {thing for thing, text in case.wanted.items() if case.before.get(thing) != text}
    tables = {Relation(one.schema, one.table) for one in changed if one.kind == "policy"}
    names = sorted(map(str, tables - declared))
    if names:
        several = "have policies, and their owners are"
        words = several if len(names) > 1 else "has policies, and its owner is"
        yield case.finding("RG439", f"{', '.join(names)} {words} not declared.")


@contextmanager
def _filed(case: Case) -> Iterator[Database]:
    """Run the file as written on a copy of its own."""
    with case.ground.copy() as made:
        assert failure(case.reference.run(made)) is None, "it went through before"
        yield made


def _held(case: Case, matrix: Matrix, queries: Sequence[Query]) -> Iterator[Finding]:
    cells = [*matrix.cells()]
    red = [cell for cell in cells if cell.is_red]
    bitten = [] if red else [*teeth.bites(matrix)]
    looked = [*plans.looks(matrix.stage)]
    played = [] if red else [*app.played(matrix, queries)]
    case.evidence["policies"] = _evidence(matrix, cells, bitten, looked) | _of_app(played)
    yield from _red(case, red)
    yield from _incomplete(case, matrix, cells)
    for bite in bitten:
        if bite.cell is None:
            message = f"Nothing notices when {bite.policy} on {bite.table} is {_weakened(bite)}."
            yield case.finding("RG433", message)
    for what in asks.beside(matrix.stage):
        message = f"Not only the declared identity counts: {what}, and nobody has tried that."
        yield case.finding("RG438", message)
    if not red:
        yield from _slow(case, looked)
        for table, column in plans.unindexed(matrix.stage):
            message = f"{table}.{column}: a policy compares it, and no index begins with it."
            yield case.finding("RG435", message)
    yield from _other(played)
    yield from _past(case, matrix)


def _weakened(bite: Bite) -> str:
    return bite.how if bite.how == "dropped" else f"written {bite.how}"


def _red(case: Case, red: Sequence[Cell]) -> Iterator[Finding]:
    """Tell the first few of each table; the report has all."""
    for table in dict.fromkeys(cell.table for cell in red):
        own = [cell for cell in red if cell.table == table]
        told = "; ".join(map(_said, own[:_SHOWN]))
        rest = f"; and {len(own) - _SHOWN} more" if len(own) > _SHOWN else ""
        yield case.finding("RG430", f"{table}: {told}{rest}.")


def _said(cell: Cell) -> str:
    column = f" ({cell.column})" if cell.column else ""
    return f"{cell.identity}, {cell.operation}{column}: {cell.actual}, not {cell.expected}"


def _incomplete(case: Case, matrix: Matrix, cells: Sequence[Cell]) -> Iterator[Finding]:
    """What constraints refuse to everybody tells nothing; a table without rows proves nothing."""
    for table in matrix.stage.declaration.ordered:
        tried = {cell.operation for cell in cells if cell.table == table.relation}
        lacking = [
            name for name in ("insert own", "update own", "update foreign") if name not in tried
        ]
        if lacking:
            message = f"Of {table.relation} these could not be tried: {', '.join(lacking)}"
            yield case.finding("RG432", f"{message} ({_why(matrix, str(table.relation))}).")
    if matrix.left_out:
        named = ", ".join(
            f"{what} ({why})" for what, why in sorted(matrix.left_out.items())[:_SHOWN]
        )
        what = counted(len(matrix.left_out), "attempt was", "attempts were")
        yield case.finding("RG412", f"{what} not made: {named}.")


def _why(matrix: Matrix, table: str) -> str:
    reasons = sorted({why for what, why in matrix.left_out.items() if what.endswith(table)})
    return ", ".join(reasons) or "the table took no rows"


def _slow(case: Case, looked: Sequence[Look]) -> Iterator[Finding]:
    for look in looked:
        if not look.has_initplan:
            message = f"{look.table}: its policy asks who it is once for each row."
            help_ = "Write (SELECT …) around the function or setting: it is asked once then."
            yield case.finding("RG435", message, help=help_)
        if look.index is None:
            message = f"{look.table}: no index leads to somebody's rows; all are read each time."
            yield case.finding("RG435", message)


def _other(played: Sequence[Played]) -> Iterator[Finding]:
    """Name each statement once that gives an owner something else than it did."""
    told = set()
    for one in played:
        place = one.query.path, one.query.line
        if not one.is_same and place not in told:
            told.add(place)
            message = (
                f"With policies this statement of the app gives {one.identity} {one.with_policies} "
                f"of their own; alone, and without policies, {one.alone}."
            )
            yield findings.make("RG437", message, path=one.query.path, line=one.query.line)


def _of_app(played: Sequence[Played]) -> dict[str, Any]:
    statements = [
        {
            "path": one.query.path,
            "line": one.query.line,
            "identity": one.identity,
            "with_policies": str(one.with_policies),
            "alone": str(one.alone),
            "is_same": one.is_same,
        }
        for one in played
    ]
    return {"app": statements}


def _past(case: Case, matrix: Matrix) -> Iterator[Finding]:
    """Name what reads the rows by rights of its own."""
    for hole in facts.exposures(matrix.stage.owner, list(matrix.stage.declaration.tables)):
        yield case.finding("RG434", hole.message, level=hole.level, help=hole.help)


def _evidence(
    matrix: Matrix, cells: Sequence[Cell], bitten: Sequence[Bite], looked: Sequence[Look]
) -> dict[str, Any]:
    told = {cell.operation for cell in cells}
    return {
        "tables": [str(table.relation) for table in matrix.stage.declaration.ordered],
        "identities": [identity.name for identity in matrix.stage.identities],
        "operations": [name for name in OPERATIONS if name in told],
        "cells": [
            {**asdict(cell), "table": str(cell.table), "is_red": cell.is_red} for cell in cells
        ],
        "left_out": dict(sorted(matrix.left_out.items())),
        "weakened": [
            {
                "table": str(bite.table),
                "policy": bite.policy,
                "how": bite.how,
                "noticed": _said(bite.cell) if bite.cell else None,
            }
            for bite in bitten
        ],
        "plans": [{**asdict(look), "table": str(look.table)} for look in looked],
    }
