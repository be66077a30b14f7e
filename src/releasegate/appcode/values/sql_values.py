"""The values of a SQL write, and the call's arguments -> a row to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.source.bindings import EACH
from releasegate.appcode.values.arguments import given, in_text
from releasegate.appcode.values.judged_rows import of_entry
from releasegate.appcode.values.mapped import named
from releasegate.appcode.values.nullness import worst
from releasegate.appcode.values.parts import inside
from releasegate.appcode.values.references import is_sentinel
from releasegate.appcode.verdicts import Row, Value, of_expression
from releasegate.model import ContractColumn, Proof, Relation
from releasegate.statements.binds import HOLE, HOLE_NAME

if TYPE_CHECKING:
    from releasegate.appcode.contract import Contract
    from releasegate.appcode.flow.uses import Use
    from releasegate.appcode.values.mapped import Given
    from releasegate.statements.binds import Key
    from releasegate.statements.expressions import SqlValue
    from releasegate.statements.writes import SqlWrite

_SEVERITY = ("wrong_reference", "maybe_null", "undecidable", "sent")


def row_of(
    use: Use,
    values: dict[str, SqlValue],
    write: SqlWrite,
    relation: Relation,
    contract: Contract,
    place: Proof,
    lines: tuple[int, int],
) -> Row:
    """Judge every value of a row; ``lines``: what to add to the text's lines, and the last."""
    columns = {column.column: column for column in contract.of_child(relation)}
    judge = Judge(use, write.binds, contract, place, lines)
    return Row(place, {key: judge.value(item, columns.get(key)) for key, item in values.items()})


def update_of(
    use: Use,
    write: SqlWrite,
    relation: Relation,
    contract: Contract,
    place: Proof,
    lines: tuple[int, int],
) -> Row:
    """Judge what an UPDATE sets; ``SET a = excluded.a`` says nothing that the INSERT did not."""
    values = {
        key: item
        for key, item in write.updates.items()
        if not (item.kind == "excluded" and item.text == key)
    }
    row = row_of(use, values, write, relation, contract, place, lines)
    if any(HOLE_NAME in key for key in values):
        return replace(row, is_open="the name of a column is put in at run time")
    return row


class Judge:
    def __init__(
        self,
        use: Use | None,
        binds: tuple[Key, ...],
        contract: Contract,
        place: Proof,
        lines: tuple[int, int],
    ) -> None:
        self._use = use
        self._binds = binds
        self._contract = contract
        self._place = place
        self._shift, self._last = lines

    def value(self, value: SqlValue, column: ContractColumn | None) -> Value:
        if value.kind in ("bind", "element", "row"):
            return self._bind(value, column)
        if value.kind == "member":
            return self._member(value, column)
        if value.kind in ("any", "all"):
            return self._of_parts(value, column)
        if value.kind == "column":
            return self._column(value, column)
        verdict, what = _PLAIN.get(value.kind, ("undecidable", "an expression"))
        if value.kind == "constant" and is_sentinel(value.text):
            verdict, what = "wrong_reference", "a constant that is no row"
        text = f"{what}: {value.text}" if value.text and value.kind != "subquery" else what
        return Value(verdict, (self._at(value, text),))

    def _at(self, value: SqlValue, what: str) -> Proof:
        line = min(max(value.line + self._shift, self._place.line), self._last)
        return replace(self._place, line=line, what=what)

    def _bind(self, value: SqlValue, column: ContractColumn | None) -> Value:
        index = value.index if value.kind == "element" else None
        key = value.bind if value.bind is not None else 0
        is_made_up = key == HOLE
        found = given(self._use, key, self._binds, index) if self._use and not is_made_up else ()
        if self._use and is_made_up and index is not None:
            found = in_text(self._use, index)
        same = f"placeholder {value.bind}.{index}"
        if not found:
            what = "listed with a placeholder; what stands behind it is not in view"
            return Value("sent", (self._at(value, what),), same)
        judged = [self._given(item, column, same) for item in found]
        judged += [x for item in found if value.is_each for x in self._items(item)]
        return min(judged, key=lambda item: _SEVERITY.index(item.verdict))

    def _member(self, value: SqlValue, column: ContractColumn | None) -> Value:
        """Judge what the objects of JSON have under a column's name."""
        brought = given(self._use, value.bind or 0, self._binds) if self._use else ()
        held = [
            x for item in brought if item.value for x in named(item.module, item.value, value.text)
        ]
        same = f"member {value.bind}.{value.text}"
        if not held:
            return Value("undecidable", (self._at(value, f"{value.text} of JSON"),), same)
        judged = [self._given(item, column, same) for item in held if item.missing is None]
        for item in (item for item in held if item.missing is not None):
            line = getattr(item.node, "lineno", self._place.line)
            proof = Proof(item.module.path, line, f"{value.text} is NULL: {item.missing}")
            judged.append(Value("maybe_null", (proof,), same))
        return min(judged, key=lambda item: _SEVERITY.index(item.verdict))

    def _items(self, item: Given) -> list[Value]:
        """Judge the items of an array that becomes rows."""
        held = inside(item.module, item.value, (EACH,), 0) if item.value is not None else []
        bad = worst(held)
        if bad is None:
            return []
        line = getattr(bad.node, "lineno", self._place.line)
        return [Value("maybe_null", (Proof(bad.module.path, line, bad.what),))]

    def _given(self, item: Given, column: ContractColumn | None, same: str) -> Value:
        if item.value is not None:
            judged = of_expression(item.module, item.value, column, self._contract)
            return replace(judged, identity=judged.identity or same)
        if item.entry is not None:
            judged = of_entry("the value", item.entry, column, self._contract)
            return replace(judged, identity=judged.identity or same)
        line = getattr(item.node, "lineno", self._place.line)
        proof = Proof(item.module.path, line, item.missing or "nothing stands for it")
        return Value("undecidable", (proof,), same)

    def _of_parts(self, value: SqlValue, column: ContractColumn | None) -> Value:
        parts = [self.value(part, column) for part in value.parts]
        if value.kind == "any" and any(part.verdict == "sent" for part in parts):
            parts = [part for part in parts if part.verdict in ("sent", "wrong_reference")]
        if not parts:
            return Value("undecidable", (self._at(value, "an expression"),))
        worst = min(parts, key=lambda item: _SEVERITY.index(item.verdict))
        return replace(worst, identity=None)

    def _column(self, value: SqlValue, column: ContractColumn | None) -> Value:
        schema, name, field = value.reference or (None, "", "")
        same = f"column {name}.{field}"
        if column is None:
            return Value("sent", (self._at(value, "sent"),), same)
        verdict, what = self._judged(schema, name, field, column)
        if value.is_outer and verdict == "sent":
            verdict, what = "maybe_null", "an outer join may leave it NULL"
        return Value(verdict, (self._at(value, what),), same)

    def _judged(
        self, schema: str | None, name: str, field: str, column: ContractColumn
    ) -> tuple[str, str]:
        relation = self._contract.find(schema, name)
        if relation is None:
            return "undecidable", f"whether {name}.{field} may be NULL is not visible here"
        if relation == column.parent and field == column.parent_column:
            return "sent", f"the key of {name}"
        for known in self._contract.of_child(relation):
            if known.column == field:
                fits = known.parent == column.parent
                other = f"it refers to {known.parent.name}, not to {column.parent.name}"
                return ("sent", f"{name}.{field}") if fits else ("wrong_reference", other)
        table = self._contract.table(relation)
        if table is not None and (field,) == table.primary_key:
            other = f"it is the id of {name}, not of {column.parent.name}"
            return "wrong_reference", other
        is_sure = table is not None and field in table.columns and table.columns[field].not_null
        return (
            ("sent", f"{name}.{field} is NOT NULL")
            if is_sure
            else ("maybe_null", f"{name}.{field} may be NULL")
        )


_PLAIN = {
    "null": ("maybe_null", "it is NULL"),
    "default": ("maybe_null", "the column's default, which is NULL unless it says otherwise"),
    "constant": ("sent", "a constant"),
    "subquery": ("maybe_null", "it is NULL where nothing is found"),
    "generated": ("wrong_reference", "an id made on the spot, which no row has"),
    "copied": ("sent", "listed; the rows are not in view"),
    "excluded": ("undecidable", "another column of the row"),
}
