"""What a database is besides its schema: its encoding, who fills it, whence its ledger comes."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from acceptance.project import MIGRATION
from releasegate.database import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.production import Production
    from acceptance.project import Project

_GATE = ("--gate", "live-database")


@contextmanager
def another(production: Production, clauses: str) -> Iterator[Production]:
    """Make a database beside it, and take it away."""
    name = f"releasegate_{secrets.token_hex(6)}"
    was = production.database
    with production.connect(is_admin=True, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {clauses}".encode())
        try:
            owner, rights = (
                Parameters({**one.values, "dbname": name}) for one in (was.owner, was.admin)
            )
            admin.execute(f"ALTER DATABASE {name} OWNER TO {was.owner.values['user']}".encode())
            yield replace(production, database=replace(was, name=name, owner=owner, admin=rights))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize(
    ("encoding", "character", "code", "level"),
    [
        ("LATIN1", "→", "RG534", "error"),
        ("LATIN1", "é", None, None),
        ("SQL_ASCII", "→", "RG518", "warning"),
    ],
)
def test_a_character_that_the_database_cannot_hold_is_told(
    released: Project,
    production: Production,
    encoding: str,
    character: str,
    code: str | None,
    level: str | None,
) -> None:
    comment = f"COMMENT ON COLUMN papers.title IS 'one {character} two';\n"
    released.write(MIGRATION, released.read(MIGRATION).replace("COMMIT;", f"{comment}COMMIT;"))
    clauses = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"

    with another(production, clauses) as there:
        there.fill()
        run = released.ask("preflight", *_GATE, url=there.url)

    told = {found["code"]: found for found in run.findings if found["code"] in ("RG534", "RG518")}
    assert list(told) == ([code] if code else [])
    if code:
        assert told[code]["level"] == level


def test_a_table_that_a_subscription_fills_is_told(
    released: Project, production: Production
) -> None:
    production.administer(
        "CREATE SUBSCRIPTION filled CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect=false)"
    )
    try:
        production.administer(
            "INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) "
            "SELECT oid, 'plans'::regclass, 'r' FROM pg_subscription WHERE subname = 'filled'"
        )
        run = released.ask("preflight", *_GATE, url=production.url)
    finally:
        production.administer("ALTER SUBSCRIPTION filled SET (slot_name = NONE)")
        production.administer("DROP SUBSCRIPTION filled")

    assert run.finding("RG520")["message"].startswith("A subscription fills public.plans")


def test_a_copy_of_a_database_says_where_its_ledger_was_written(
    released: Project, production: Production
) -> None:
    assert released.ask("apply", "--window", "now/PT5M", url=production.url).exit_code == 0

    with another(production, f"TEMPLATE {production.database.name}") as copy:
        run = released.ask("preflight", *_GATE, "001", url=copy.url)

    told = run.finding("RG553")
    assert told["level"] == "warning"
    assert told["message"].endswith("migration 1.")
