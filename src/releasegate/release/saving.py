"""A column or a table that is to go -> a file of its values that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.gates.undo import name_of
from releasegate.model import ObjectState

if TYPE_CHECKING:
    from releasegate.database import Connection
    from releasegate.model import CatalogObject
    from releasegate.release.inputs import Request

_KEY = """
SELECT a.attname FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND n.nspname = %s AND c.relname = %s ORDER BY a.attnum
"""


def save(connection: Connection, thing: CatalogObject, request: Request) -> ObjectState:
    """Copy every value, with its row's primary key, into a new file of mode 0600.

    Raises:
        CouldNotLook: they cannot be read, or the file cannot be written; nothing was dropped then.
    """
    label = name_of(thing).replace("/", "_")
    path = Path.cwd() / f"{label}-{request.run_id}.csv"
    try:
        opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(opened, "wb") as file:
            count = _copy(connection, thing, file.write)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CouldNotLook(f"{path.name} cannot be written: {error.strerror}.") from None
    except psycopg.Error as error:
        meaning = database.meaning(error)
        raise CouldNotLook(f"The values of {name_of(thing)} cannot be saved: {meaning}.") from None
    request.log.info("data.saved", object=str(thing), rows=count, path=str(path))
    return ObjectState(str(thing), "saved", f"{count} rows in {path}")


def _copy(connection: Connection, thing: CatalogObject, write: object) -> int:
    cursor = connection.cursor()
    with cursor.copy(_query(connection, thing)) as copy:
        for data in copy:
            write(data)  # type: ignore[operator]
    return cursor.rowcount


def _query(connection: Connection, thing: CatalogObject) -> sql.Composed:
    table = sql.Identifier(thing.schema, thing.table or thing.name)
    options = sql.SQL(") TO STDOUT WITH (FORMAT csv, HEADER)")
    if thing.kind == "table":
        return sql.SQL("COPY (SELECT * FROM {}").format(table) + options
    keys = [name for (name,) in database.rows(connection, _KEY, (thing.schema, thing.table))]
    columns = sql.SQL(", ").join(map(sql.Identifier, dict.fromkeys([*keys, thing.name])))
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} IS NOT NULL").format(
        columns, table, sql.Identifier(thing.name)
    )
    return query + options
