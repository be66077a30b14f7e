"""CREATE INDEX, DROP INDEX, REINDEX -> the same, CONCURRENTLY."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

from releasegate.model import Relation
from releasegate.rewrite.parts import Draft, Known, Online, Phase, Refusal, automatic_name
from releasegate.statements.parser import enum, kind_of, quote, quote_relation, relation, strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.rewrite.parts import Rewritten
    from releasegate.statements.actions import Action


_INDEX = enum("ObjectType", "OBJECT_INDEX")
_CASCADE = enum("DropBehavior", "DROP_CASCADE")
_REINDEX = partial(enum, "ReindexObjectType")
_WORDS = {_REINDEX("REINDEX_OBJECT_INDEX"): "INDEX", _REINDEX("REINDEX_OBJECT_TABLE"): "TABLE"}


def create_index(action: Action, known: Known) -> Rewritten | None:
    """Build it without a lock in the app's way; IF NOT EXISTS proves nothing and is left out."""
    if action.statement.kind != "index_stmt":
        return None
    node = action.statement.node
    if action.table in known.partitioned:
        why = "No index can be built concurrently on a partitioned table."
        instead = (
            "Build it on each partition concurrently, in files of their own, then create it ON "
            "ONLY the parent and attach them."
        )
        return (Refusal(action, why, instead),)
    name = node.idxname or _automatic(action.table, node)
    if name is None:
        why = "The index has no name, and the one that PostgreSQL makes cannot be told."
        return (Refusal(action, why, "Give the index a name."),)
    unique = "UNIQUE " if node.unique else ""
    only = "" if node.relation.inh else "ONLY "
    rest = action.piece(action.end_of_name(node.relation), action.end)
    draft = Draft(
        title=f"build index {name}",
        sql=(
            (
                f"CREATE {unique}INDEX CONCURRENTLY {quote(name)} ON {only}"
                f"{quote_relation(action.table)} {rest}"
            ),
        ),
        transactional=False,
        is_lenient=node.if_not_exists,
    )
    return (Online(Phase.INDEX, (draft,)),)


def _automatic(table: Relation, node: Any) -> str | None:
    """Give the name that PostgreSQL makes (ChooseIndexName) for columns and plain calls."""
    names: list[str] = []
    for name in _columns(node):
        if name is None:
            return None
        names.append(_told_apart(name, names))
    return automatic_name(table.name, "_".join(names), "idx")


def _told_apart(name: str, others: Sequence[str]) -> str:
    """Number a name that is there already (ChooseIndexColumnNames)."""
    numbered = (f"{name}{number}" for number in itertools.count(1))
    return name if name not in others else next(n for n in numbered if n not in others)


def _columns(node: Any) -> Iterator[str | None]:
    for item in node.index_params:
        element = item.index_elem
        if element.name:
            yield element.name
            continue
        expression = getattr(element.expr, element.expr.WhichOneof("node"))
        is_call = kind_of(expression) == "FuncCall"
        yield strings(expression.funcname)[-1] if is_call else None
    for item in node.index_including_params:
        yield item.index_elem.name


def drop_index(action: Action, known: Known) -> Rewritten | None:  # noqa: ARG001
    """Drop each index by itself: CONCURRENTLY takes one name only."""
    statement = action.statement
    if statement.kind != "drop_stmt" or statement.node.remove_type != _INDEX:
        return None
    if statement.node.behavior == _CASCADE:
        return (Refusal(action, "CASCADE takes along what nobody can lock beforehand.", NAME_ALL),)
    return tuple(
        Online(Phase.DROP_INDEX, (_drop(strings(item.list.items), statement.node.missing_ok),))
        for item in statement.node.objects
    )


NAME_ALL = "Drop what depends on it first, each by its name."


def _drop(names: tuple[str, ...], is_lenient: bool) -> Draft:
    name = Relation(names[-2] if len(names) > 1 else "public", names[-1])
    sql = f"DROP INDEX CONCURRENTLY {quote_relation(name)}"
    return Draft(f"drop index {name.name}", (sql,), transactional=False, is_lenient=is_lenient)


def reindex(action: Action, known: Known) -> Rewritten | None:  # noqa: ARG001
    """Rebuild beside the old one."""
    node = action.statement.node
    if action.statement.kind != "reindex_stmt" or node.kind not in _WORDS:
        return None
    name = relation(node.relation)
    options = [p.def_elem.defname for p in node.params if p.def_elem.defname == "tablespace"]
    if options:
        return None
    sql = f"REINDEX {_WORDS[node.kind]} CONCURRENTLY {quote_relation(name)}"
    return (Online(Phase.INDEX, (Draft(f"rebuild {name.name}", (sql,), transactional=False),)),)
