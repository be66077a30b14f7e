"""The values of a SQL write that stands in a file -> a row to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.values.sql_values import Judge
from releasegate.appcode.verdicts import Row, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.model import ContractColumn, Proof, Relation
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
    judging = _Judge(contract, place, body)
    judged = {key: judging.value(value, columns.get(key)) for key, value in values.items()}
    return Row(place, judged)


class _Judge(Judge):
    """Judges what stands in a file; in a function's body names are its variables as well."""

    def __init__(self, contract: Contract, place: Proof, body: Body | None) -> None:
        super().__init__(None, (), contract, place, (0, 1 << 30))
        self._body = body

    def value(self, value: SqlValue, column: ContractColumn | None) -> Value:
        return self._variable(value) or super().value(value, column)

    def _variable(self, value: SqlValue) -> Value | None:
        """Judge a parameter or variable of the function."""
        if self._body is None or value.kind not in ("unknown", "column"):
            return None
        name = value.text.lower()
        if name in self._body.nullable:
            what = f"the parameter {value.text} is NULL unless it is given"
            return Value("maybe_null", (replace(self._place, what=what),))
        if name in self._body.names or value.kind == "unknown":
            what = f"{value.text or 'a value'} of the function is sent"
            same = f"variable {name}" if name else None
            return Value("sent", (replace(self._place, what=what),), same)
        return None
