"""Statements of a file -> drafts of steps that the app does not feel, or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.rewrite import clashes, columns, constraints, indexes, kept, order, swaps
from releasegate.rewrite.parts import Draft, Item, Known, Refusal, know
from releasegate.statements.actions import Action, Unsplittable, actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.rewrite.parts import Rewritten
    from releasegate.statements.parser import Statement
    from releasegate.statements.sections import Section

__all__ = ["REWRITES", "Draft", "Known", "Refusal", "know", "rewrite"]

#: asked in this order; the first that answers decides
REWRITES = (
    kept.of_no_table,
    kept.new_table,
    columns.add_column,
    columns.set_not_null,
    constraints.add_constraint,
    constraints.validate,
    indexes.create_index,
    indexes.drop_index,
    indexes.reindex,
    kept.nothing_pending,
    kept.quick,
    kept.refuse,
)


def rewrite(
    sections: Sequence[Section], known: Known
) -> tuple[tuple[Draft, ...], tuple[Refusal, ...]]:
    """Draft the steps in their order; with refusals there is nothing to execute online."""
    drafts: list[Draft] = []
    refusals: list[Refusal] = []
    everything: list[Item] = []
    for section in sections:
        by_statement = [list(_items(statement, known)) for statement in section.statements]
        for items, is_atomic in _groups(by_statement, is_atomic=section.is_atomic):
            ready = swaps.arranged(items, known) if is_atomic else items
            refusals += [item.part for item in ready if isinstance(item.part, Refusal)]
            if is_atomic:
                refusals += clashes.times(ready)
                refusals += clashes.indexes_anew(ready)
                refusals += clashes.nulls_let_in(ready)
                refusals += clashes.passing(items)
            drafts += order.atomic(ready) if is_atomic else order.one_by_one(ready)
            everything += ready
    refusals += clashes.names(everything, known)
    return tuple(drafts), tuple(refusals)


def _groups(
    by_statement: Sequence[list[Item]], *, is_atomic: bool
) -> Iterator[tuple[list[Item], bool]]:
    """Put together what commits together: outside of a transaction one statement at most."""
    pending: list[Item] = []
    for items in by_statement:
        if is_atomic or len(items) == 1 or not order.has_kept(items):
            pending += items
            continue
        if pending:
            yield pending, False
            pending = []
        yield items, True
    if pending:
        yield pending, is_atomic


def _items(statement: Statement, known: Known) -> Iterator[Item]:
    try:
        found = actions(statement)
    except Unsplittable:
        whole = Action(statement, None, statement.start, statement.end)
        why = "Its commands cannot be told apart."
        yield Item(whole, Refusal(whole, why, "Write one command an ALTER TABLE."))
        return
    for action in found:
        yield from (Item(action, part) for part in _answer(action, known))


def _answer(action: Action, known: Known) -> Rewritten:
    if action.command is not None and action.statement.node.missing_ok:
        why = "Whether the table is there decides what is done."
        return (Refusal(action, why, "Take IF EXISTS out."),)
    answers = (ask(action, known) for ask in REWRITES)
    return next(answer for answer in answers if answer is not None)
