"""A column or a table that is to go -> a file of its values that only its owner can read."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from releasegate import database, facts
from releasegate.counted import counted
from releasegate.errors import CouldNotLook
from releasegate.executor.order import milliseconds
from releasegate.model import ObjectState, Relation
from releasegate.undo import name_of

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from releasegate.database import Connection
    from releasegate.model import CatalogObject


def save(
    connection: Connection, thing: CatalogObject, *, into: Path, run_id: str, within: timedelta
) -> ObjectState:
    """Copy every value, with its row's primary key, into a new file of mode 0600 in a folder.

    What is not whole bears another name, and goes again.

    Raises:
        CouldNotLook: they cannot be read, or the file cannot be written; nothing was dropped then.
    """
    label = name_of(thing).replace("/", "_")
    path = into / f"{label}-{run_id}.csv"
    part = path.with_name(f"{path.name}.part")
    try:
        count = _write(connection, thing, part, within)
        part.rename(path)
        _flush(into)
    except OSError as error:
        raise CouldNotLook(f"{path.name} cannot be written: {error.strerror}.") from None
    except psycopg.Error as error:
        meaning = database.meaning(error)
        raise CouldNotLook(f"The values of {name_of(thing)} cannot be saved: {meaning}.") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return ObjectState(str(thing), "saved", f"{counted(count, 'row')} in {path}")


def _flush(folder: Path) -> None:
    """Make a new name in a folder outlive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(connection: Connection, thing: CatalogObject, path: Path, within: timedelta) -> int:
    opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(opened, "wb") as file, connection.transaction():
        connection.execute(f"SET LOCAL statement_timeout = '{milliseconds(within)}'".encode())
        cursor = connection.cursor()
        with cursor.copy(_query(connection, thing)) as copy:
            for data in copy:
                file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return cursor.rowcount


def _query(connection: Connection, thing: CatalogObject) -> sql.Composed:
    table = sql.Identifier(thing.schema, thing.table or thing.name)
    options = sql.SQL(") TO STDOUT WITH (FORMAT csv, HEADER)")
    if thing.kind == "table":
        return sql.SQL("COPY (SELECT * FROM {}").format(table) + options
    keys = facts.primary_key(connection, Relation(thing.schema, thing.table))
    columns = sql.SQL(", ").join(map(sql.Identifier, dict.fromkeys([*keys, thing.name])))
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} IS NOT NULL").format(
        columns, table, sql.Identifier(thing.name)
    )
    return query + options
