"""Checks and candidate values -> those combinations that the server finds good, or bad."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import psycopg

from releasegate.specimens.raw import ask
from releasegate.specimens.values import candidates, constants
from releasegate.statements.parser import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.specimens.columns import Column, Type
    from releasegate.specimens.demands import Demand

#: a column's name -> its value as the server writes it
Row = dict[str, str | None]

GOOD = "IS NOT FALSE"
BAD = "IS FALSE"
MET = "IS TRUE"
_MOST = 400
_NUMBER = '"releasegate number"'


def groups(checks: Iterable[Demand]) -> list[tuple[frozenset[str], list[Demand]]]:
    """Put checks together that speak of the same columns: one value must meet them all."""
    found: list[tuple[frozenset[str], list[Demand]]] = []
    for check in checks:
        names, together = frozenset(check.columns), [check]
        for other in [group for group in found if group[0] & names]:
            found.remove(other)
            names, together = names | other[0], [*other[1], *together]
        found.append((names, together))
    return found


def good_rows(
    connection: Connection,
    types: Mapping[int, Type],
    columns: Sequence[Column],
    checks: Sequence[Demand],
    *,
    number: int,
) -> list[Row]:
    """Find values for some columns that meet all checks; those of one column thin out first."""
    texts = [check.expression for check in checks]
    choices = []
    for column in columns:
        own = [check.expression for check in checks if check.columns == (column.name,)]
        made = _choices(types, column, _hints(texts), number=number)
        rows: list[Row] = [{column.name: value} for value in made]
        kept = judged(connection, own, [column], rows, verdict=GOOD) if own else rows
        choices.append([row[column.name] for row in kept])
    return judged(connection, texts, columns, _combined(columns, choices), verdict=GOOD)


def combinations(
    types: Mapping[int, Type],
    columns: Sequence[Column],
    expressions: Iterable[str],
    *,
    number: int,
) -> list[Row]:
    """Combine values for some columns, NULL where they take it, with the checks' constants."""
    hints = _hints(expressions)
    choices = [_choices(types, column, hints, number=number) for column in columns]
    return _combined(columns, choices)


def _hints(expressions: Iterable[str]) -> list[str]:
    return [hint for text in expressions for hint in constants(text)]


def _choices(
    types: Mapping[int, Type], column: Column, hints: list[str], *, number: int
) -> list[str | None]:
    """List values made for the row's number, then those of the hints, then NULL."""
    made = candidates(types, column.type, column.modifier, number=number)
    every = candidates(types, column.type, column.modifier, number=number, hints=hints)
    extra = [text for text in every if text not in made]
    return [*made, *extra, *([] if column.is_required else [None])]


def _combined(columns: Sequence[Column], choices: list[list[str | None]]) -> list[Row]:
    """Combine as many as fit, of each column's values the first and the last."""
    most = max(2, int(_MOST ** (1 / max(len(choices), 1))))
    half = most // 2
    cut = [own if len(own) <= most else own[: most - half] + own[-half:] for own in choices]
    names = [column.name for column in columns]
    return [dict(zip(names, values, strict=True)) for values in product(*cut)]


def judged(
    connection: Connection,
    expressions: Iterable[str],
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    verdict: str,
) -> list[Row]:
    """Keep the rows of which all expressions together are ``verdict``.

    The server judges them at once; where one row makes that fail, each on its own.
    """
    condition = " AND ".join(f"({text})" for text in expressions) or "true"
    condition = f"({condition}) {verdict}"
    try:
        return _judge(connection, condition, columns, rows)
    except psycopg.Error:
        return [row for row in rows if _stands(connection, condition, columns, row)]


def _stands(connection: Connection, condition: str, columns: Sequence[Column], row: Row) -> bool:
    try:
        return bool(_judge(connection, condition, columns, [row]))
    except psycopg.Error:
        return False


def _judge(
    connection: Connection, condition: str, columns: Sequence[Column], rows: Sequence[Row]
) -> list[Row]:
    if not rows or not columns:
        return []
    lines, values = [], []
    for number, row in enumerate(rows):
        values += [row[column.name] for column in columns]
        first = len(values) - len(columns) + 1
        casts = [f"${first + place}::{column.cast}" for place, column in enumerate(columns)]
        lines.append(f"({number}, {', '.join(casts)})")
    names = ", ".join(quote(column.name) for column in columns)
    rows_text = f"(VALUES {', '.join(lines)}) AS candidate ({_NUMBER}, {names})"
    query = " ".join(("SELECT", _NUMBER, "FROM", rows_text, "WHERE", condition, "ORDER BY 1"))
    with connection.transaction():
        return [rows[number] for (number,) in ask(connection, query, values)]
