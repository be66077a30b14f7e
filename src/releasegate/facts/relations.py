"""A database about named relations: what they are, whose they are, what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from releasegate.database import Connection
    from releasegate.model import Effect

_TABLES = frozenset("rp")


def relation_kinds(connection: Connection, names: Collection[Relation]) -> dict[Relation, str]:
    """Map those that exist to their kind: ``pg_class.relkind`` (manual, 51.11)."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname, c.relkind::text FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY(%s) AND c.relname = ANY(%s)",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found = {Relation(schema, name): kind for schema, name, kind in rows}
    return {name: found[name] for name in names if name in found}


def existing_tables(connection: Connection, names: Collection[Relation]) -> set[Relation]:
    """Keep those that are tables, partitioned ones among them."""
    kinds = relation_kinds(connection, names)
    return {name for name, kind in kinds.items() if kind in _TABLES}


def bound_by_dropped_keys(connection: Connection, effects: Sequence[Effect]) -> set[Relation]:
    """Find the other ends of the foreign keys that go with dropped constraints and tables.

    Dropping a key takes ACCESS EXCLUSIVE on both tables, which its text does not tell.
    """
    gone = [e.object for e in effects if not (e.present or e.is_renamed)]
    rows = database.rows(
        connection,
        "SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_constraint k "
        "JOIN pg_catalog.pg_class child ON child.oid = k.conrelid "
        "JOIN pg_catalog.pg_class parent ON parent.oid = k.confrelid "
        "JOIN pg_catalog.pg_class c ON c.oid IN (child.oid, parent.oid) "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE k.contype = 'f' AND (k.conname = ANY(%s) AND child.relname = ANY(%s) "
        "  OR child.relname = ANY(%s) OR parent.relname = ANY(%s))",
        (
            [thing.name for thing in gone if thing.kind == "constraint"],
            [thing.table for thing in gone if thing.kind == "constraint"],
            [thing.name for thing in gone if thing.kind == "table"],
            [thing.name for thing in gone if thing.kind == "table"],
        ),
    )
    return {Relation(*row) for row in rows}


def unlockable(
    connection: Connection, names: Collection[Relation], *, role: str | None = None
) -> set[Relation]:
    """Keep those tables on which a role, else the current one, may not use LOCK TABLE.

    REFERENCES is enough for a key's parent in ALTER TABLE, but not for LOCK TABLE (manual, LOCK).
    """
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "CROSS JOIN (SELECT coalesce(%s, current_user)::name AS name) r "
        "WHERE NOT (has_table_privilege(r.name, c.oid, 'UPDATE') "
        "OR has_table_privilege(r.name, c.oid, 'DELETE') "
        "OR has_table_privilege(r.name, c.oid, 'TRUNCATE') "
        "OR pg_has_role(r.name, c.relowner, 'USAGE')) "
        "AND n.nspname = ANY(%s) AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p')",
        (role, [name.schema for name in names], [name.name for name in names]),
    )
    return {Relation(*row) for row in rows} & set(names)


def primary_key(connection: Connection, name: Relation) -> tuple[str, ...]:
    """Name a table's key columns in their order; empty where it has no primary key."""
    rows = database.rows(
        connection,
        "SELECT a.attname FROM pg_catalog.pg_index i "
        "JOIN pg_catalog.pg_class c ON c.oid = i.indrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) "
        "WHERE i.indisprimary AND n.nspname = %s AND c.relname = %s "
        "ORDER BY pg_catalog.array_position(i.indkey::int2[], a.attnum)",
        (name.schema, name.name),
    )
    return tuple(column for (column,) in rows)


def indexes_of(connection: Connection, name: Relation) -> list[Relation]:
    """List a table's indexes, or the one of this name."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_index x "
        "JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_class t ON t.oid = x.indrelid "
        "WHERE n.nspname = %s AND %s IN (c.relname, t.relname) ORDER BY c.relname",
        (name.schema, name.name),
    )
    return [Relation(*row) for row in rows]


def heirs(connection: Connection, names: Collection[Relation]) -> dict[Relation, list[Relation]]:
    """Find the partitions and heirs of tables, at any depth: a lock on the table takes theirs."""
    rows = database.rows(
        connection,
        "WITH RECURSIVE below (top, oid) AS ("
        "  SELECT c.oid, c.oid FROM unnest(%s::text[], %s::text[]) AS w (schema, name) "
        "  JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema "
        "  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name "
        "  UNION SELECT b.top, i.inhrelid FROM below b "
        "  JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid) "
        "SELECT tn.nspname, t.relname, n.nspname, c.relname FROM below b "
        "JOIN pg_catalog.pg_class t ON t.oid = b.top "
        "JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace "
        "JOIN pg_catalog.pg_class c ON c.oid = b.oid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE b.top <> b.oid ORDER BY 1, 2, 3, 4",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found: dict[Relation, list[Relation]] = {}
    for schema, table, *heir in rows:
        found.setdefault(Relation(schema, table), []).append(Relation(*heir))
    return found


def table_of(connection: Connection, index: Relation) -> Relation | None:
    """Find the table of an index."""
    rows = database.rows(
        connection,
        "SELECT tn.nspname, t.relname FROM pg_catalog.pg_index x "
        "JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_class t ON t.oid = x.indrelid "
        "JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s",
        (index.schema, index.name),
    )
    return Relation(*rows[0]) if rows else None
