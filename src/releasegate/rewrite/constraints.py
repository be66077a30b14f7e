"""ADD CONSTRAINT -> demanded from new rows first, then proven for the old ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from releasegate.model import Relation
from releasegate.rewrite.parts import (
    Draft,
    Known,
    Online,
    Phase,
    Refusal,
    alter,
    automatic_name,
    is_only,
)
from releasegate.rewrite.words import index_words, is_not_enforced, timing
from releasegate.statements.parser import (
    enum,
    kind_of,
    quote,
    quote_relation,
    relation,
    strings,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.rewrite.parts import Rewritten
    from releasegate.statements.actions import Action


_SUBTYPE = partial(enum, "AlterTableType")
_KIND = partial(enum, "ConstrType")
_CHECK, _FOREIGN = _KIND("CONSTR_CHECK"), _KIND("CONSTR_FOREIGN")
_UNIQUE, _PRIMARY = _KIND("CONSTR_UNIQUE"), _KIND("CONSTR_PRIMARY")
_NOT_NULL, _EXCLUSION = _KIND("CONSTR_NOTNULL"), _KIND("CONSTR_EXCLUSION")
#: the first major whose partitioned tables take a key NOT VALID
_PARTITIONED_KEYS = 18

NAME_IT = "Give it a name that fits: ADD CONSTRAINT name ..."


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """A check that comes with a new column, in its step: no row can get in between."""

    command: str
    #: None: it is not enforced, which proves nothing
    validation: Draft | None


def add_constraint(action: Action, known: Known) -> Rewritten | None:
    """Split a constraint in demanding and proving; an index for it is built beforehand."""
    if action.command is None or action.command.subtype != _SUBTYPE("AT_AddConstraint"):
        return None
    node = action.definition.constraint
    text = _bare(action, node)
    name = node.conname or _automatic(action.table, node)
    if name is None:
        return (Refusal(action, "The name that PostgreSQL would make is cut off.", NAME_IT),)
    if node.contype in (_UNIQUE, _PRIMARY):
        return _unique(action, node, name, text, known)
    if node.contype == _EXCLUSION:
        return (_exclusion(action),)
    return (_proven_later(action, node, name, text, known),)


def name_of(action: Action) -> str | None:
    """Give the name that an added constraint will have."""
    node = action.definition.constraint
    return node.conname or _automatic(action.table, node)


def only_one(action: Action, known: Known) -> Refusal | None:  # noqa: ARG001
    """Refuse a primary key before the old one is gone: a table has one at a time."""
    if action.definition.constraint.contype != _PRIMARY:
        return None
    why = "Between the old primary key and the new one the table would have none."
    return Refusal(action, why, "Build the new one's index first, in a file of its own.")


def replaced(action: Action, name: str, known: Known) -> Online | Refusal:
    """Add a key or a check under another name, until the one that it replaces is gone."""
    node = action.definition.constraint
    if node.contype not in (_FOREIGN, _CHECK):
        why = "An index can take the place of another only under a name of its own."
        return Refusal(action, why, "Give the new constraint another name.")
    return _proven_later(action, node, name, _bare(action, node), known)


def validate(action: Action, known: Known) -> Rewritten | None:  # noqa: ARG001
    """Leave VALIDATE as it is: its lock is in nobody's way but maintenance's."""
    if action.command is None or action.command.subtype != _SUBTYPE("AT_ValidateConstraint"):
        return None
    name = action.command.name
    draft = Draft(f"check every row against {name}", (alter(action.table, _validate(name)),))
    return (Online(Phase.KEY, (draft,)),)


def of_column(action: Action, node: Any, text: str, known: Known) -> Online | Refusal:
    """Give a column's key or unique constraint as the table's own (manual, CREATE TABLE)."""
    column = action.definition.column_def.colname
    name = node.conname or _automatic(action.table, node, column)
    if name is None:
        return Refusal(action, "The name that PostgreSQL would make is cut off.", NAME_IT)
    body = text[_after_name(text, node) :].lstrip()
    if node.contype == _FOREIGN:
        body = f"FOREIGN KEY ({quote(column)}) {body}"
        return _proven_later(action, node, name, body, known)
    if node.contype == _PRIMARY:
        return Refusal(
            action,
            "A new column that is the primary key has no values for the rows that exist.",
            "Add the column, fill it, and make it the primary key in a later migration.",
        )
    found = _unique(action, node, name, body, known, keys=(column,))
    return found[0]  # type: ignore[return-value]


def column_check(action: Action, node: Any, text: str) -> ColumnCheck | Refusal:
    """Give a column's check as the table's own, to be proven later."""
    column = action.definition.column_def.colname
    name = node.conname or _automatic(action.table, node, column)
    if name is None:
        return Refusal(action, "The name that PostgreSQL would make is cut off.", NAME_IT)
    body = text[_after_name(text, node) :].lstrip()
    command = f"ADD CONSTRAINT {quote(name)} {body}"
    if is_not_enforced(body):
        return ColumnCheck(command, None)
    return ColumnCheck(f"{command} NOT VALID", _validation(action.table, name))


# -- demanded first, proven later ------------------------------------------------------------------


def _proven_later(
    action: Action, node: Any, name: str, text: str, known: Known
) -> Online | Refusal:
    """ADD ... NOT VALID, then VALIDATE: the scan happens without a lock in the app's way."""
    table, is_key = action.table, node.contype == _FOREIGN
    if is_key and known.major < _PARTITIONED_KEYS:
        refusal = _of_partitions(action, node, known)
        if refusal is not None:
            return refusal
    what = "key" if is_key else "check"
    demand = f"ADD CONSTRAINT {quote(name)} {text}"
    is_last = node.skip_validation or is_not_enforced(text)
    first = Draft(
        f"add {what} {name}" + (", unproven as written" if is_last else ", for new rows"),
        (alter(table, demand if is_last else f"{demand} NOT VALID", only=is_only(_node(action))),),
    )
    phase = Phase.KEY if is_key else Phase.CHECK
    return Online(phase, (first,) if is_last else (first, _validation(table, name)))


def _of_partitions(action: Action, node: Any, known: Known) -> Refusal | None:
    """Refuse keys from and to partitioned tables where the server has no online way for them."""
    if action.table in known.partitioned:
        return Refusal(
            action,
            f"PostgreSQL {known.major} adds no key NOT VALID to a partitioned table: it would read "
            "every partition under locks that stop all writes.",
            "Add the key to each partition first, in files of their own.",
        )
    if relation(node.pktable) in known.partitioned:
        why = f"PostgreSQL {known.major} leaves a key to each partition unproven by VALIDATE."
        return Refusal(action, why, "Add it as written in a window in which the app may wait.")
    return None


def _validation(table: Relation, name: str) -> Draft:
    return Draft(f"check every row against {name}", (alter(table, _validate(name)),))


def _validate(name: str) -> str:
    return f"VALIDATE CONSTRAINT {quote(name)}"


# -- unique and primary key ------------------------------------------------------------------------


def _unique(
    action: Action,
    node: Any,
    name: str,
    text: str,
    known: Known,
    *,
    keys: Sequence[str] | None = None,
) -> Rewritten:
    """Build the index without a lock in the way, then make it the constraint's."""
    table = action.table
    if node.indexname:
        return _using_index(action, node, known)
    if table in known.partitioned:
        why = "No index can be built concurrently on a partitioned table."
        instead = "Build it on each partition concurrently and attach it, in a file of its own."
        return (Refusal(action, why, instead),)
    if node.without_overlaps:
        return (_exclusion(action),)
    columns = tuple(keys or strings(node.keys))
    index = Draft(
        f"build index {name}",
        ((f"CREATE UNIQUE INDEX CONCURRENTLY {quote(name)} ON {quote_relation(table)} "
         f"{index_words(node, text, columns)}"),),
        transactional=False,
    )  # fmt: skip
    word = "PRIMARY KEY" if node.contype == _PRIMARY else "UNIQUE"
    command = f"ADD CONSTRAINT {quote(name)} {word} USING INDEX {quote(name)}{timing(text)}"
    use = Draft(f"make {name} a constraint", (alter(table, command),))
    proofs = _proofs(action, columns, known) if node.contype == _PRIMARY else ()
    return (*proofs, Online(Phase.INDEX, (index, use)))


def _using_index(action: Action, node: Any, known: Known) -> Rewritten:
    """Take an index that is there: only a primary key would still read the table, for NULLs."""
    name = node.conname or node.indexname
    demand = action.piece(action.start, action.end)
    draft = Draft(f"make {name} a constraint", (alter(action.table, demand),))
    if node.contype != _PRIMARY:
        return (Online(Phase.INDEX, (draft,)),)
    columns = known.index_columns.get(Relation(action.table.schema, node.indexname))
    if columns is None:
        why = (
            f"The columns of {node.indexname} cannot be told: PostgreSQL reads the table for NULLs."
        )
        return (Refusal(action, why, "Make the columns NOT NULL in a migration before."),)
    return (*_proofs(action, columns, known), Online(Phase.INDEX, (draft,)))


def _proofs(action: Action, columns: Sequence[str], known: Known) -> tuple[Online, ...]:
    from releasegate.rewrite.columns import prove_not_null

    nullable = [c for c in columns if not known.is_not_null(action.table, c)]
    return tuple(
        Online(Phase.NOT_NULL, prove_not_null(action.table, column, known)) for column in nullable
    )


def _exclusion(action: Action) -> Refusal:
    why = "An exclusion constraint's index cannot be built concurrently."
    return Refusal(action, why, "Add it as written in a window in which the app may wait.")


# -- names and texts -------------------------------------------------------------------------------


def _node(action: Action) -> Any:
    return action.statement.node


def _bare(action: Action, node: Any) -> str:
    """Cut the constraint's own words out: without ADD, CONSTRAINT and its name."""
    tables = [node.pktable] if node.HasField("pktable") else []
    text = action.piece(node.location, action.end, tables=tables)
    return text[_after_name(text, node) :].lstrip()


def _after_name(text: str, node: Any) -> int:
    """Find where ``CONSTRAINT name`` ends in a constraint's text."""
    if not node.conname:
        return 0
    from releasegate.statements.parser import Source, without_comments

    tokens = without_comments(Source(text))
    return len(text.encode()[: tokens[1].end].decode())


def _automatic(table: Relation, node: Any, column: str | None = None) -> str | None:
    """Give the name that PostgreSQL makes (ChooseConstraintName, ChooseIndexName)."""
    if node.contype == _FOREIGN:
        keys = (column,) if column else strings(node.fk_attrs)
        return automatic_name(table.name, "_".join(keys), "fkey")
    if node.contype == _UNIQUE:
        keys = (column,) if column else strings(node.keys)
        included = strings(node.including)
        return automatic_name(table.name, "_".join((*keys, *included)), "key")
    if node.contype == _PRIMARY:
        return automatic_name(table.name, "pkey")
    if node.contype == _NOT_NULL:
        return automatic_name(table.name, strings(node.keys)[0], "not_null")
    if node.contype == _CHECK:
        named = _columns_of(node.raw_expr)
        return automatic_name(table.name, *(named if len(named) == 1 else ()), "check")
    return automatic_name(table.name, "_".join(strings(node.keys)), "excl")


def _columns_of(expression: Any) -> list[str]:
    """List the columns that a check names, each once."""
    found = [strings(n.fields)[-1:] for n in walk(expression) if kind_of(n) == "ColumnRef"]
    return sorted({name for names in found for name in names})
