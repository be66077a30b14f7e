"""A payload and the table that it goes to -> a row of judged values."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.instances import instances
from releasegate.appcode.values.nullness import nullness
from releasegate.appcode.values.references import is_called_like, named_object
from releasegate.appcode.verdicts import Row, Value, of_expression
from releasegate.model import ContractColumn, Proof, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module
    from releasegate.appcode.values.payloads import Entry, Payload


def row_of(
    payload: Payload, relation: Relation, contract: Contract, model: Model | None = None
) -> Row:
    """Judge a payload; with a model, its attributes are turned into columns."""
    line = getattr(payload.node, "lineno", 1)
    place = Proof(payload.module.path, line, "the payload is written here")
    wanted = {column.column: column for column in contract.of_child(relation)}
    values, uncertain = _given(payload, wanted, contract, model)
    for column, value in _made(place, wanted, contract, model) if model is not None else ():
        # The program itself gives the column a value where the payload has none.
        if column not in values or column in uncertain:
            values[column] = value
            uncertain.discard(column)
    return Row(place, values, frozenset(uncertain), payload.is_open)


def _given(
    payload: Payload, wanted: dict[str, ContractColumn], contract: Contract, model: Model | None
) -> tuple[dict[str, Value], set[str]]:
    """Judge each entry, and say which columns only some paths give."""
    values: dict[str, Value] = {}
    uncertain: set[str] = set()
    linked: set[str] = set()
    links = model.links if model is not None else {}
    for key, entry in payload.entries.items():
        for column, value in _columns(key, entry, model, wanted, contract):
            is_less = column in values and value.verdict == "undecidable"
            # A row that is handed over whole fills in its key when it is stored.
            if is_less or (column in linked and key not in links):
                continue
            if key in links and value.verdict == "sent" and entry.is_certain:
                linked.add(column)
            values[column] = value
            if not entry.is_certain:
                uncertain.add(column)
    return values, uncertain


def _made(
    place: Proof, wanted: dict[str, ContractColumn], contract: Contract, model: Model
) -> Iterable[tuple[str, Value]]:
    """Give the columns that have a default, and those that the class's own ``save()`` fills in."""
    for column in model.filled:
        yield column, Value("sent", (replace(place, what=f"{column} has a default"),))
    for attribute, entry in model.on_save.items():
        yield from _columns(attribute, entry, model, wanted, contract)


def rows_of(
    payloads: Iterable[Payload], relation: Relation, contract: Contract, model: Model | None = None
) -> tuple[Row, ...]:
    return tuple(row_of(payload, relation, contract, model) for payload in payloads)


def _columns(
    key: str,
    entry: Entry,
    model: Model | None,
    wanted: dict[str, ContractColumn],
    contract: Contract,
) -> Iterable[tuple[str, Value]]:
    link = model.links.get(key) if model is not None else None
    if link is not None:
        for column in link.columns:
            yield column, of_object(entry, wanted.get(column), contract)
        return
    column = model.column(key) if model is not None else key
    yield column, of_entry(key, entry, wanted.get(column), contract)


def of_entry(key: str, entry: Entry, column: ContractColumn | None, contract: Contract) -> Value:
    """Judge an entry by its value, else by what its declaration says."""
    if entry.value is not None:
        return of_expression(entry.module, entry.value, column, contract)
    place = (entry.module.path, getattr(entry.node, "lineno", 1))
    if entry.may_be_none is None:
        proof = Proof(*place, f"what {key} holds is not visible here")
        return Value("undecidable", (proof,))
    verdict = "maybe_null" if entry.may_be_none else "sent"
    return Value(verdict, (Proof(*place, entry.what),))


def of_object(entry: Entry, column: ContractColumn | None, contract: Contract) -> Value:
    """Judge a row that is handed over whole: ``plan=plan``."""
    if entry.value is None or column is None:
        return of_entry("the object", entry, column, contract)
    module, node = entry.module, entry.value
    key = _key_of(node)
    if key is not None:
        return of_expression(module, key, column, contract)
    found = nullness(module, node)
    here = Proof(module.path, node.lineno, found.what)
    seen = Proof(found.module.path, getattr(found.node, "lineno", node.lineno), found.what)
    if found.may_be_none:
        return Value("maybe_null", tuple(dict.fromkeys((here, seen))))
    other = _other_table(module, node, column, contract)
    if other is not None:
        what = f"it is a row of {other.name}, not of {column.parent.name}"
        return Value("wrong_reference", (replace(here, what=what),))
    return Value("sent", tuple(dict.fromkeys((here, seen))))


def _key_of(node: ast.expr) -> ast.expr | None:
    """Take the key of TypeORM's ``plan: { id: planId }``."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    return next((value for key, value in pairs if getattr(key, "value", None) == "id"), None)


def _other_table(
    module: Module, node: ast.expr, column: ContractColumn, contract: Contract
) -> Relation | None:
    models = module.project.models
    owners = instances(module, node) if models is not None else ()
    relations = {one for owner in owners if models for one in models.lineage(owner)}
    if relations:
        return None if column.parent in relations else next(iter(relations))
    named = named_object(node, contract.relations)
    is_other = named not in (None, column.parent) and not is_called_like(node, column.column)
    return named if is_other else None
