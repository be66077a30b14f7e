"""A database about its surroundings: templates, encoding, replication, triggers on DDL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Published:
    """A touched table in a publication."""

    publication: str
    relation: Relation
    #: None: all of them
    columns: tuple[str, ...] | None


def is_template(connection: Connection) -> bool:
    query = "SELECT datistemplate FROM pg_database WHERE datname = current_database()"
    return bool(database.one(connection, query)[0])


def encoding(connection: Connection) -> str:
    return database.show(connection, "server_encoding")


def subscriptions(connection: Connection) -> list[str]:
    """Name the enabled subscriptions of this database."""
    rows = database.rows(
        connection,
        "SELECT subname::text FROM pg_subscription WHERE subenabled AND subdbid = "
        "(SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1",
    )
    return [name for (name,) in rows]


def subscribed(connection: Connection, names: Collection[Relation]) -> list[Relation]:
    """Keep those tables that a subscription fills."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_subscription_rel s "
        "JOIN pg_class c ON c.oid = s.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace",
    )
    return sorted({Relation(*row) for row in rows} & set(names))


def published(connection: Connection, names: Collection[Relation]) -> list[Published]:
    """Find the publications that carry these tables."""
    rows = database.rows(
        connection,
        "SELECT t.pubname::text, t.schemaname::text, t.tablename::text, "
        "  CASE WHEN p.puballtables OR r.prattrs IS NULL THEN NULL ELSE t.attnames::text[] END "
        "FROM pg_publication_tables t JOIN pg_publication p USING (pubname) "
        "LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid "
        "  AND r.prrelid = format('%%I.%%I', t.schemaname, t.tablename)::regclass "
        "WHERE t.schemaname = ANY (%s) AND t.tablename = ANY (%s) ORDER BY 1, 2, 3",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found = [
        Published(publication, Relation(schema, name), tuple(columns) if columns else None)
        for publication, schema, name, columns in rows
    ]
    return [one for one in found if one.relation in names]


def publications_of_schema(connection: Connection, schema: str) -> list[str]:
    """Name the publications that carry tables of a schema, or that a new one of it would join."""
    rows = database.rows(
        connection,
        "SELECT DISTINCT p.pubname::text FROM pg_publication p "
        "LEFT JOIN pg_publication_namespace s ON s.pnpubid = p.oid "
        "LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid "
        "LEFT JOIN pg_class c ON c.oid = r.prrelid "
        "LEFT JOIN pg_namespace n ON n.oid IN (s.pnnspid, c.relnamespace) "
        "WHERE p.puballtables OR n.nspname = %s ORDER BY 1",
        (schema,),
    )
    return [name for (name,) in rows]


def logical_slots(connection: Connection) -> int:
    """Count the replication slots by which somebody follows this database's changes."""
    query = (
        "SELECT count(*) FROM pg_replication_slots "
        "WHERE slot_type = 'logical' AND database = current_database()"
    )
    return int(database.one(connection, query)[0])


def event_triggers(connection: Connection) -> list[tuple[str, str]]:
    """List the enabled triggers on DDL: name, function."""
    rows = database.rows(
        connection,
        "SELECT e.evtname::text, e.evtfoid::regproc::text FROM pg_event_trigger e "
        "WHERE e.evtenabled IN ('O', 'A') AND e.evtevent <> 'login' "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass "
        "  AND d.objid = e.oid AND d.deptype = 'e') ORDER BY 1",
    )
    return [(name, function) for name, function in rows]


def sees_other_sessions(connection: Connection) -> bool:
    """Tell whether ages and states of other roles' sessions are shown to us (manual, 28.2)."""
    return bool(database.one(connection, "SELECT pg_has_role('pg_read_all_stats', 'USAGE')")[0])


def hidden_by(
    connection: Connection, names: Collection[Relation], schemas: Sequence[str]
) -> list[tuple[Relation, str]]:
    """Find relations of the same names in schemas that are looked at before."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY (%s) AND c.relname = ANY (%s) AND c.relkind IN ('r', 'p', 'v')",
        (list(schemas), [name.name for name in names]),
    )
    there = {(schema, name) for schema, name in rows}
    pairs = [(name, schema) for name in sorted(names) for schema in schemas]
    return [
        (name, schema)
        for name, schema in pairs
        if schema != name.schema and (schema, name.name) in there
    ]
