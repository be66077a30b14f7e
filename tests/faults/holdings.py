"""A database -> what it holds, asked in words of our own: never by the code that is tested."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

_SCHEMA = """
SELECT 'column ' || c.relname || '.' || a.attname,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
  AND NOT a.attisdropped
UNION ALL
SELECT 'constraint ' || conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid) ||
       CASE WHEN convalidated THEN '' ELSE ' (not validated)' END
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'index ' || c.relname, pg_get_indexdef(c.oid) ||
       CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' (invalid)' END
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
"""
_STEPS = "SELECT to_jsonb(s) FROM releasegate.step s ORDER BY migration_number, ordinal"
_ROWS = {
    "papers": "id, title, storage_path, vector_store_id, created_by, created_at",
    "plans": "id, paper_id, env_hash, plan_json, budget_minutes, created_by, created_at",
    "runs": "id, plan_id, paper_id, env_hash, status, created_at, started_at, completed_at",
    "run_events": "id, run_id, seq, type, payload, created_at",
    "storyboards": "id, paper_id, json, created_at",
}
_OURS = "application_name LIKE 'releasegate/%' AND datname = current_database()"
_REMAINS = {
    # A reader that nobody hears any more only looked; the server's timeouts end it.
    "an orphan backend": (
        f"SELECT application_name FROM pg_stat_activity WHERE {_OURS} "
        "AND application_name NOT LIKE '%/reader'"
    ),
    "an advisory lock": (
        "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ),
    "a prepared transaction": (
        "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
    ),
}


@dataclass(frozen=True)
class Holdings:
    """Schema and ledger at one moment."""

    #: object -> its definition
    schema: tuple[tuple[str, str], ...]
    #: (migration, ordinal, status) of each step that the ledger knows
    steps: tuple[tuple[int, int, str], ...]
    #: objects that a step which began and did not end is to make, or to take back, as the schema
    #: names them
    begun: frozenset[str]

    @property
    def sound(self) -> Holdings:
        """Without what a cut-off step of ours may leave behind."""
        kept = tuple(one for one in self.schema if one[0] not in self.begun)
        done = tuple(step for step in self.steps if step[2] != "started")
        return Holdings(kept, done, frozenset())

    @property
    def invalid(self) -> list[str]:
        return [name for name, text in self.schema if text.endswith("(invalid)")]


def look(connection: Connection) -> Holdings:
    """Read schema and ledger."""
    schema = connection.execute(_SCHEMA.encode()).fetchall()
    rows = _ledger(connection)
    steps = tuple((row["migration_number"], row["ordinal"], row["status"]) for row in rows)
    # An index that is dropped concurrently is half there for a while, as one that is built.
    begun = [
        thing for row in rows if row["status"] in ("started", "undone") for thing in row["created"]
    ]
    names = frozenset(thing.replace(" public.", " ") for thing in begun)
    return Holdings(tuple(sorted(schema)), steps, names)


def has_run(connection: Connection, run_id: str | None) -> bool:
    """Tell whether the ledger knows a run."""
    there = "SELECT FROM pg_tables WHERE (schemaname, tablename) = ('releasegate', 'run')"
    query = "SELECT FROM releasegate.run WHERE run_id = %s"
    return bool(connection.execute(there).fetchall()) and bool(
        connection.execute(query, (run_id,)).fetchall()
    )


def _ledger(connection: Connection) -> list[dict[str, Any]]:
    there = "SELECT FROM pg_tables WHERE (schemaname, tablename) = ('releasegate', 'step')"
    if not connection.execute(there).fetchall():
        return []
    return [row for (row,) in connection.execute(_STEPS)]


def ledger(connection: Connection) -> str:
    """Write the whole ledger down, to tell whether anything was written to it."""
    runs = connection.execute(
        "SELECT to_jsonb(r) FROM releasegate.run r ORDER BY run_id"
    ).fetchall()
    events = connection.execute("SELECT digest FROM releasegate.journal ORDER BY 1").fetchall()
    return json.dumps([runs, events, _ledger(connection)], sort_keys=True)


def is_fenced(connection: Connection, backend: int) -> bool:
    """Tell whether a backend that holds strong locks on the app's tables has the advisory one."""
    query = (
        "SELECT NOT bool_or(locktype = 'relation' AND relnamespace = 'public'::regnamespace "
        "AND mode NOT IN ('AccessShareLock', 'RowShareLock')) OR bool_or(locktype = 'advisory') "
        "FROM pg_locks LEFT JOIN pg_class c ON c.oid = relation WHERE pid = %s"
    )
    (is_so,) = connection.execute(query.encode(), (backend,)).fetchone() or (True,)
    return is_so is not False


def rows(connection: Connection) -> str:
    """Give a digest of all the app's rows, in the columns that they had from the start."""
    digest = hashlib.sha256()
    for table, columns in _ROWS.items():
        query = f"SELECT row({columns})::text FROM {table} ORDER BY id"
        for (row,) in connection.execute(query.encode()):
            digest.update(f"{table} {row}\n".encode())
    return digest.hexdigest()


def remains(connection: Connection) -> list[str]:
    """List what no run may leave behind once it is over."""
    return [
        f"{what}: {name}"
        for what, query in _REMAINS.items()
        for (name,) in connection.execute(query.encode())
    ]
