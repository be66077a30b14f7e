"""Statements -> what commits together: between BEGIN and COMMIT, or each by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postgast import pg_query_pb2

from releasegate.statements.parser import kind_of, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from releasegate.statements.parser import Statement

_KIND = pg_query_pb2.TransactionStmtKind.Value
BEGIN = frozenset({_KIND("TRANS_STMT_BEGIN"), _KIND("TRANS_STMT_START")})
COMMIT = frozenset({_KIND("TRANS_STMT_COMMIT")})
#: what begins or ends a transaction; savepoints do neither
_FRAME = BEGIN | COMMIT | {_KIND("TRANS_STMT_ROLLBACK")}


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring statements, without the BEGIN and COMMIT around them."""

    statements: tuple[Statement, ...]
    #: they commit together; else each commits when it is done
    is_atomic: bool


def sections(statements: Sequence[Statement]) -> tuple[Section, ...]:
    """Divide a file as psql would run it; empty sections are left out."""
    found: list[Section] = []
    pending: list[Statement] = []
    is_atomic = False
    for statement in statements:
        if statement.kind != "transaction_stmt":
            pending.append(statement)
            continue
        if not is_transaction(statement, _FRAME):
            continue
        found.append(Section(tuple(pending), is_atomic))
        pending = []
        is_atomic = is_transaction(statement, BEGIN)
    found.append(Section(tuple(pending), is_atomic))
    return tuple(section for section in found if section.statements)


def is_transaction(statement: Statement, kinds: Collection[int]) -> bool:
    return statement.kind == "transaction_stmt" and statement.node.kind in kinds


def runs_outside(statement: Statement) -> bool:
    """Tell whether a statement refuses to run in a transaction block (manual, its own page)."""
    is_vacuum = statement.kind == "vacuum_stmt" and statement.node.is_vacuumcmd
    is_wide = statement.kind == "reindex_stmt" and not statement.node.HasField("relation")
    return is_vacuum or is_wide or is_concurrent(statement)


def is_concurrent(statement: Statement) -> bool:
    """Tell whether a statement says CONCURRENTLY."""
    if statement.kind in ("index_stmt", "drop_stmt"):
        return bool(statement.node.concurrent)
    if statement.kind == "reindex_stmt":
        return any(p.def_elem.defname == "concurrently" for p in statement.node.params)
    parts = walk(statement.node) if statement.kind == "alter_table_stmt" else ()
    return any(kind_of(part) == "PartitionCmd" and part.concurrent for part in parts)
