"""A ``pg_dump -s`` text -> its statements without what differs from dump to dump, sorted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.statements.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.statements.parser import Statement

# pg_dump frames its output with a key of chance.
_RESTRICT = re.compile(r"^\\(un)?restrict [A-Za-z0-9]+$", re.MULTILINE)
_SET = re.compile(r"SET (default_tablespace|default_table_access_method) = (.*)", re.DOTALL)
_USUAL = {"''", "heap"}
# Other statements leave these settings as they happen to stand.
_PLACED = re.compile(
    r"CREATE (UNLOGGED )?TABLE|CREATE (UNIQUE )?INDEX|CREATE MATERIALIZED VIEW"
    r"|ALTER TABLE .* ADD CONSTRAINT .* (PRIMARY KEY|UNIQUE|EXCLUDE)",
    re.DOTALL,
)
_METHOD_OWNERS = re.compile(r"CREATE (UNLOGGED )?TABLE|CREATE MATERIALIZED VIEW")


def dump_lines(text: str, *, owner: str | None = None) -> list[str]:
    """Make dumps of equal schemas equal, in whatever order they were built.

    Columns keep their order: ``SELECT *`` shows it. ``owner``, where given, is replaced by a fixed
    word: on a lent server each database has an owner of its own.
    """
    plain = _RESTRICT.sub("", text)
    if owner:
        plain = plain.replace(owner, "database_owner")
    return sorted(_lines(parse(plain)))


def _lines(statements: tuple[Statement, ...]) -> Iterator[str]:
    """Drop the settings, and put where a table lies behind what they hold for."""
    places = {"default_tablespace": "''", "default_table_access_method": "heap"}
    for statement in statements:
        if setting := _SET.match(statement.text):
            places[setting[1]] = setting[2]
        elif not _is_setting(statement):
            yield statement.text + _place(statement.text, places)


def _is_setting(statement: Statement) -> bool:
    return statement.kind == "variable_set_stmt" or statement.text.startswith(
        "SELECT pg_catalog.set_config("
    )


def _place(statement: str, places: dict[str, str]) -> str:
    said = ""
    tablespace = places["default_tablespace"]
    method = places["default_table_access_method"]
    if tablespace not in _USUAL and _PLACED.match(statement):
        said += f" TABLESPACE {tablespace}"
    if method not in _USUAL and _METHOD_OWNERS.match(statement):
        said += f" USING {method}"
    return said
