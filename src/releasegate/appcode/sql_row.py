"""The values of a SQL write that stands in a file -> a row to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.sql_values import Judge
from releasegate.appcode.verdicts import Row, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.model import Proof, Relation
    from releasegate.statements.expressions import SqlValue
    from releasegate.statements.functions import Body


def judge(
    values: Mapping[str, SqlValue],
    relation: Relation,
    contract: Contract,
    place: Proof,
    body: Body | None = None,
) -> Row:
    """Judge each value; what a placeholder or a function's parameter brings is not in view."""
    columns = {column.column: column for column in contract.of_child(relation)}
    judging = Judge(None, (), contract, place, (0, 1 << 30))
    judged = {
        key: _variable(value, body, place) or judging.value(value, columns.get(key))
        for key, value in values.items()
    }
    return Row(place, judged)


def _variable(value: SqlValue, body: Body | None, place: Proof) -> Value | None:
    """Judge a parameter or variable of the function."""
    if body is None or value.kind not in ("unknown", "column"):
        return None
    name = value.text.lower()
    if name in body.nullable:
        what = f"the parameter {value.text} is NULL unless it is given"
        return Value("maybe_null", (replace(place, what=what),))
    if name in body.names or value.kind == "unknown":
        what = f"{value.text or 'a value'} of the function is sent"
        return Value("sent", (replace(place, what=what),), f"variable {name}" if name else None)
    return None
