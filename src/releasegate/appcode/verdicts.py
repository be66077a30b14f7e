"""Rows of values and the contract -> one verdict a column, with the places that decided it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate.appcode.values.nullness import nullness
from releasegate.appcode.values.references import (
    contradicted,
    identity,
    is_alias,
    named_relation,
    no_row,
)
from releasegate.model import ColumnVerdict, ContractColumn, Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

#: the first of these that any row or path shows is the column's verdict
_ORDER = ("omitted", "alias", "wrong_reference", "maybe_null", "undecidable", "sent")


@dataclass(frozen=True, slots=True)
class Value:
    """What a column is given in one row."""

    verdict: str
    proof: tuple[Proof, ...]
    #: the same for two columns that are given the same thing
    identity: str | None = None
    #: the table whose id it is, by its name
    names: Relation | None = None


@dataclass(frozen=True, slots=True)
class Row:
    #: where the row is written
    place: Proof
    values: Mapping[str, Value] = field(default_factory=dict)
    #: keys that are there on some paths only
    uncertain: frozenset[str] = frozenset()
    #: why there may be other columns than these
    is_open: str | None = None


def of_expression(
    module: Module, node: ast.expr, column: ContractColumn | None, contract: Contract
) -> Value:
    """Judge what a Python expression gives a column; no column: only its identity counts."""
    same, named = identity(node), named_relation(module, node, contract.relations)
    if column is None:
        return Value("sent", (Proof(module.path, node.lineno, "sent"),), same, named)
    found = nullness(module, node)
    seen = Proof(found.module.path, getattr(found.node, "lineno", node.lineno), found.what)
    here = Proof(module.path, node.lineno, found.what)
    if found.may_be_none:
        return Value("maybe_null", tuple(dict.fromkeys((here, seen))), same, named)
    if found.may_be_none is None and _is_of_a_tree(node, column):
        what = f"{column.parent.name} refers to itself: where it begins there is no parent"
        return Value("maybe_null", (replace(here, what=what),), same, named)
    reason = no_row(module, node)
    other = contradicted(module, node, column, contract.relations)
    if other is not None:
        reason = f"it is the id of {other.name}, not of {column.parent.name}"
    if reason is not None:
        proof = (Proof(module.path, node.lineno, reason),)
        return Value("wrong_reference", proof, same, named)
    return Value("sent", tuple(dict.fromkeys((here, seen))), same, named)


def _is_of_a_tree(node: ast.expr, column: ContractColumn) -> bool:
    """Recognise ``node.parent_id``, copied from a node whose class is not in view."""
    is_copied = isinstance(node, ast.Attribute) and node.attr == column.column
    return is_copied and column.parent == column.child


def decide(
    rows: Iterable[Row], columns: Iterable[ContractColumn], contract: Contract, *, inserts: bool
) -> dict[str, ColumnVerdict]:
    """Give each contract column its verdict; an UPDATE that leaves one alone has none for it."""
    found: dict[str, ColumnVerdict] = {}
    wanted = tuple(columns)
    for row in rows:
        for column in wanted:
            verdict = _of_row(row, column, wanted, contract, inserts=inserts)
            if verdict is not None:
                known = found.get(column.column)
                found[column.column] = worse(known, verdict) if known else verdict
    return found


def worse(one: ColumnVerdict, other: ColumnVerdict) -> ColumnVerdict:
    return min(one, other, key=lambda item: _ORDER.index(item.verdict))


def _of_row(
    row: Row,
    column: ContractColumn,
    columns: tuple[ContractColumn, ...],
    contract: Contract,
    *,
    inserts: bool,
) -> ColumnVerdict | None:
    value = row.values.get(column.column)
    if value is None:
        return _missing(row, column, contract, inserts=inserts)
    if inserts and column.column in row.uncertain:
        proof = Proof(*_at(value), f"{column.column} is sent on some paths only")
        return ColumnVerdict("omitted", (proof,))
    same = _same(row, value, column, columns, contract)
    if value.verdict in ("sent", "undecidable") and same is not None:
        return ColumnVerdict("wrong_reference", (Proof(*_at(value), same), *value.proof))
    return ColumnVerdict(value.verdict, value.proof)


def _at(value: Value) -> tuple[str, int]:
    return value.proof[0].path, value.proof[0].line


def _missing(
    row: Row, column: ContractColumn, contract: Contract, *, inserts: bool
) -> ColumnVerdict | None:
    path, line = row.place.path, row.place.line
    if row.is_open:
        return ColumnVerdict("undecidable", (Proof(path, line, row.is_open),))
    if not inserts:
        return None
    table = contract.table(column.child)
    real = table.columns if table else {}
    for key, value in row.values.items():
        if key not in real and is_alias(key, column.column):
            proof = Proof(*_at(value), f"{key} stands for {column.column}")
            return ColumnVerdict("alias", (proof,))
    return ColumnVerdict("omitted", (Proof(path, line, row.place.what),))


def _same(
    row: Row,
    value: Value,
    column: ContractColumn,
    columns: tuple[ContractColumn, ...],
    contract: Contract,
) -> str | None:
    """Say which other column is given the very same thing although it means another row."""
    if value.identity is None or value.names == column.parent:
        return None
    table = contract.table(column.child)
    own = table.primary_key if table and len(table.primary_key) == 1 else ("id",)
    parents = {item.column: item.parent for item in columns}
    for key, other in row.values.items():
        if key == column.column or other.identity != value.identity:
            continue
        if key in own and key not in parents and column.parent != column.child:
            return f"it is the row's own {key}"
        if parents.get(key, column.parent) != column.parent:
            return f"{key} is given the same value, and refers to {parents[key].name}"
    return None
