"""Throwaway databases on a server that somebody lends us (``--scratch-url``)."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from releasegate import database
from releasegate.database import Connection, Parameters
from releasegate.errors import CouldNotLook, UsageError
from releasegate.throwaway.binaries import embedded_bin
from releasegate.throwaway.server import Account, Database, Server, await_nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "releasegate_"
# The first half of a two-part advisory key: "this throwaway database is in use".
_IN_USE = 0x52470001


@contextmanager
def borrow(where: Parameters) -> Iterator[Server]:
    """Use a server on which databases may be created.

    Databases that a killed run left behind are dropped first. Where the role is a superuser,
    migrations run as a role of their own; else as the role itself.

    Raises:
        UsageError: ``where`` names a service; its values would win over those that we give psql.
        CouldNotLook: it cannot be reached, or the role may not create databases.
    """
    if "service" in where.values:
        raise UsageError("--scratch-url takes no service: write host, user and database out.")
    with _connected(where) as admin:
        _check(admin)
        _sweep(admin)
        with tempfile.TemporaryDirectory(prefix="releasegate-") as run_dir:
            target = database.identify(admin)
            yield Server(
                major=database.major(admin),
                kind="borrowed",
                bin_dir=embedded_bin(),
                account=Account(os.geteuid(), os.getegid(), is_other=False),
                run_dir=Path(run_dir),
                make_database=lambda original: _database(admin, where, original),
                system_identifier=target.system_identifier,
            )


def _connected(where: Parameters) -> Connection:
    try:
        return database.connect(where, application_name="releasegate")
    except CouldNotLook as error:
        message = f"The throwaway server (--scratch-url) was not to be had: {error}"
        raise CouldNotLook(message) from error


def _check(admin: Connection) -> None:
    may_create = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if not database.one(admin, may_create)[0]:
        raise CouldNotLook("The role of the scratch server may not create databases.")


@contextmanager
def _database(
    admin: Connection, where: Parameters, original: Database | None
) -> Iterator[Database]:
    key = secrets.token_hex(6)
    name = f"{_PREFIX}{key}"
    admin.execute("SELECT pg_advisory_lock(%s, %s)", (_IN_USE, _lock_key(key)))
    kept = {key: value for key, value in where.values.items() if key != "options"}
    try:
        if original is None:
            owner = {**kept, **_make_owner(admin, name).values}
            admin.execute(_create(name, owner["user"], "template0"))
        else:
            await_nobody(admin, original.name)
            # What it holds belongs to the original's owner.
            owner = dict(original.owner.values)
            admin.execute(_create(name, owner["user"], original.name))
        yield Database(
            name, Parameters({**owner, "dbname": name}), Parameters({**kept, "dbname": name})
        )
    finally:
        with suppress(psycopg.Error):
            _remove(admin, name)
            admin.execute("SELECT pg_advisory_unlock(%s, %s)", (_IN_USE, _lock_key(key)))


def _make_owner(admin: Connection, name: str) -> Parameters:
    (role, is_super) = database.one(
        admin, "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if not is_super:
        return Parameters({"user": str(role)})
    password = secrets.token_urlsafe(24)
    make = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}")
    admin.execute(make.format(sql.Identifier(name), sql.Literal(password)))
    return Parameters({"user": name, "password": password})


def _create(name: str, owner: str, template: str) -> sql.Composed:
    make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'")
    return make.format(*map(sql.Identifier, (name, owner, template)))


def _sweep(admin: Connection) -> None:
    """Drop what killed runs left: databases without a session whose advisory lock nobody holds."""
    query = "SELECT datname FROM pg_database WHERE datname ~ '^releasegate_[0-9a-f]{12}$'"
    for (name,) in database.rows(admin, query):
        key = _lock_key(name.removeprefix(_PREFIX))
        if not database.one(admin, "SELECT pg_try_advisory_lock(%s, %s)", (_IN_USE, key))[0]:
            continue
        with suppress(psycopg.Error):
            _remove(admin, name, force=False)
        admin.execute("SELECT pg_advisory_unlock(%s, %s)", (_IN_USE, key))


def _remove(admin: Connection, name: str, *, force: bool = True) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {}" + (" WITH (FORCE)" if force else ""))
    admin.execute(drop.format(sql.Identifier(name)))
    roles = "SELECT rolname FROM pg_roles WHERE rolname = %s OR starts_with(rolname, %s)"
    for (role,) in database.rows(admin, roles, (name, f"{name}_")):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _lock_key(key: str) -> int:
    return int(key[:8], 16) - (1 << 31)
