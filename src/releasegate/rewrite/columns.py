"""ADD COLUMN and SET NOT NULL -> steps that read and rewrite nothing under a strong lock."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from releasegate.model import CatalogObject, Undo
from releasegate.rewrite import constraints
from releasegate.rewrite.parts import (
    Column,
    Draft,
    Known,
    Online,
    Phase,
    Refusal,
    alter,
    automatic_name,
    is_only,
)
from releasegate.statements.parser import enum, kind_of, quote, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Relation
    from releasegate.rewrite.parts import Rewritten
    from releasegate.statements.actions import Action


_SUBTYPE = partial(enum, "AlterTableType")
_KIND = partial(enum, "ConstrType")
_DEFAULT, _NOT_NULL = _KIND("CONSTR_DEFAULT"), _KIND("CONSTR_NOTNULL")
_IDENTITY, _GENERATED = _KIND("CONSTR_IDENTITY"), _KIND("CONSTR_GENERATED")
_TAKEN_OUT = {_KIND(f"CONSTR_{name}") for name in ("FOREIGN", "UNIQUE", "PRIMARY")}
_CHECK = _KIND("CONSTR_CHECK")
_ATTRIBUTES = {
    _KIND(f"CONSTR_ATTR_{name}")
    for name in (
        *("DEFERRABLE", "NOT_DEFERRABLE", "DEFERRED", "IMMEDIATE", "ENFORCED", "NOT_ENFORCED"),
    )
}
_SERIALS = frozenset("serial serial2 serial4 serial8 bigserial smallserial".split())
#: give every row the same value, computed once (manual, ALTER TABLE, notes)
_SAME_FOR_ALL = frozenset(
    """now transaction_timestamp timezone current_setting current_user session_user
    current_database""".split()
)
_TIMES = frozenset({"now", "transaction_timestamp"})
_HEX = 12
#: the first major in which NOT NULL is a constraint that can be added NOT VALID
_NAMED_NOT_NULL = 18

BACKFILL = (
    "Add the column nullable; let the app fill it in batches; demand NOT NULL in a later migration."
)


def add_column(action: Action, known: Known) -> Rewritten | None:
    """Split a column from its keys; what would rewrite the table is refused."""
    if action.command is None or action.command.subtype != _SUBTYPE("AT_AddColumn"):
        return None
    column = action.definition.column_def
    refusal = _column_refusal(action, column, known)
    if refusal is not None:
        return (refusal,)
    pieces = list(_pieces(action, column))
    kept = [text for kind, _, text in pieces if kind not in (*_TAKEN_OUT, _CHECK)]
    checks = [constraints.column_check(action, n, text) for k, n, text in pieces if k == _CHECK]
    rewritten = [
        constraints.of_column(action, node, text, known)
        for kind, node, text in pieces
        if kind in _TAKEN_OUT
    ]
    faults = [item for item in (*checks, *rewritten) if isinstance(item, Refusal)]
    if faults:
        return tuple(faults)
    sound = [check for check in checks if not isinstance(check, Refusal)]
    added = Column(
        table=action.table,
        name=column.colname,
        commands=(" ".join(kept), *(check.command for check in sound)),
        only=is_only(action.statement.node),
        is_lenient=action.command.missing_ok,
        is_timed=_is_timed(column),
    )
    proofs = tuple(check.validation for check in sound if check.validation)
    return (added, *([Online(Phase.CHECK, proofs)] if proofs else []), *rewritten)


def _column_refusal(action: Action, column: Any, known: Known) -> Refusal | None:
    kinds = {item.constraint.contype: item.constraint for item in column.constraints}
    why = _rewrites(column, kinds, known)
    if why:
        instead = BACKFILL + " Or give a constant default."
        return Refusal(action, f"A column {why} rewrites or reads the whole table.", instead)
    if getattr(action.command, "missing_ok", False) and {*kinds} & {_CHECK, *_TAKEN_OUT}:
        what = "Whether the column is there decides whether it gets its constraint."
        return Refusal(action, what, "Take IF NOT EXISTS out.")
    if _NOT_NULL in kinds and _DEFAULT not in kinds:
        what = "A new column that is NOT NULL and has no default fails as soon as there is a row."
        return Refusal(action, what, BACKFILL)
    return None


def _rewrites(column: Any, kinds: dict[int, Any], known: Known) -> str | None:
    """Say what makes adding this column more than a change of the catalogs."""
    type_name = strings(column.type_name.names)[-1] if column.type_name.names else ""
    if type_name in _SERIALS:
        return "that counts by itself (serial)"
    if type_name in known.checked_domains:
        return f"of the domain {type_name}, which checks values,"
    if _IDENTITY in kinds:
        return "that counts by itself (identity)"
    if _GENERATED in kinds and kinds[_GENERATED].generated_kind == "s":
        return "that is computed and stored"
    if _DEFAULT in kinds and not is_constant(kinds[_DEFAULT].raw_expr):
        return "whose default may differ from row to row"
    return None


def is_constant(expression: Any) -> bool:
    """Tell whether a default is surely the same for every row."""
    for node in walk(expression):
        kind = kind_of(node)
        if kind == "FuncCall" and not _is_same_for_all(strings(node.funcname)):
            return False
        if kind in ("SubLink", "ColumnRef", "ParamRef"):
            return False
    return True


def _is_same_for_all(name: tuple[str, ...]) -> bool:
    """Tell the server's own functions from others of their name in other schemas."""
    return name[-1] in _SAME_FOR_ALL and name[:-1] in ((), ("pg_catalog",))


def _is_timed(column: Any) -> bool:
    """Tell whether a column's value for the rows that exist is the time of the transaction."""
    for item in column.constraints:
        for node in walk(item.constraint) if item.constraint.contype == _DEFAULT else ():
            kind = kind_of(node)
            if kind == "SQLValueFunction":
                return True
            if kind == "FuncCall" and strings(node.funcname)[-1] in _TIMES:
                return True
    return False


def _pieces(action: Action, column: Any) -> Iterator[tuple[int | None, Any, str]]:
    """Cut a column's definition at its constraints: (kind, node, text), the head first."""
    nodes = sorted((item.constraint for item in column.constraints), key=lambda n: n.location)
    marks = [(node.location, node.contype, node) for node in nodes]
    if column.HasField("coll_clause"):
        marks.append((column.coll_clause.location, None, None))
    marks.sort(key=lambda mark: mark[0])
    # DEFERRABLE and the like belong to the constraint before them.
    marks = [mark for mark in marks if mark[1] not in _ATTRIBUTES]
    starts = [action.start, *(mark[0] for mark in marks), action.end]
    yield None, None, action.piece(starts[0], starts[1])
    for (start, kind, node), end in zip(marks, starts[2:], strict=True):
        tables = [node.pktable] if kind in _TAKEN_OUT and node.HasField("pktable") else []
        yield kind, node, action.piece(start, end, tables=tables)


def set_not_null(action: Action, known: Known) -> Rewritten | None:
    """Prove first, by a check or 18's NOT VALID: nothing is read under the strong lock."""
    if action.command is None or action.command.subtype != _SUBTYPE("AT_SetNotNull"):
        return None
    table, column = action.table, action.command.name
    if known.is_not_null(table, column):
        draft = Draft(f"{table.name}.{column} is NOT NULL", (_set(table, column),))
        return (Online(Phase.NOT_NULL, (draft,)),)
    return (Online(Phase.NOT_NULL, prove_not_null(table, column, known)),)


def prove_not_null(table: Relation, column: str, known: Known) -> tuple[Draft, ...]:
    """Write the steps that make a column NOT NULL (manual, ALTER TABLE, SET NOT NULL)."""
    thing = CatalogObject("column", table.schema, column, table.name)
    label = f"{table.name}.{column}"
    named = automatic_name(table.name, column, "not_null")
    if known.major >= _NAMED_NOT_NULL and named is not None:
        demand = f"ADD CONSTRAINT {quote(named)} NOT NULL {quote(column)} NOT VALID"
        return tuple(
            replace(draft, touches=(thing,))
            for draft in _demand_and_prove(table, label, demand, named)
        )
    proof = temporary_name("nn", str(table), column)
    demand = f"ADD CONSTRAINT {quote(proof)} CHECK ({quote(column)} IS NOT NULL) NOT VALID"
    last = (_set(table, column), alter(table, f"DROP CONSTRAINT {quote(proof)}"))
    back = Undo(
        thing, alter(table, f"ALTER COLUMN {quote(column)} DROP NOT NULL"), is_of_made=False
    )
    make = Draft(f"make {label} NOT NULL", last, undo=(back,))
    return (*_demand_and_prove(table, label, demand, proof), make)


def _demand_and_prove(table: Relation, label: str, demand: str, name: str) -> tuple[Draft, ...]:
    return (
        Draft(f"let {label} take no NULL any more", (alter(table, demand),)),
        Draft(
            f"check that no row has NULL in {label}",
            (alter(table, f"VALIDATE CONSTRAINT {quote(name)}"),),
        ),
    )


def _set(table: Relation, column: str) -> str:
    return alter(table, f"ALTER COLUMN {quote(column)} SET NOT NULL")


def temporary_name(*parts: str) -> str:
    """Name something of ours that is gone at the end, the same at every run."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_HEX]
    return f"releasegate_{parts[0]}_{digest}"
