"""Tables whose rows have owners: whether policies bind, and which columns there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.database import Connection


def row_security(connection: Connection, names: Collection[Relation]) -> dict[Relation, bool]:
    """Tell of those tables that exist whether row security is enabled."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname, c.relrowsecurity FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY(%s) AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p')",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found = {Relation(schema, name): is_on for schema, name, is_on in rows}
    return {name: found[name] for name in names if name in found}


def columns(connection: Connection, names: Collection[Relation]) -> dict[Relation, set[str]]:
    """Name the columns of those tables that exist."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a "
        "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE a.attnum > 0 AND NOT a.attisdropped "
        "AND n.nspname = ANY(%s) AND c.relname = ANY(%s)",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found: dict[Relation, set[str]] = {}
    for schema, name, column in rows:
        found.setdefault(Relation(schema, name), set()).add(column)
    return {name: found[name] for name in names if name in found}
