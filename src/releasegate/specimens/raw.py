"""SQL with $1, $2, ... and its values -> rows; a % in a name or an expression is only a %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection


def ask(connection: Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement.

    Texts go without a type, so that the server reads them as the type it needs; nothing is
    prepared, since the tables change under the connection.
    """
    with psycopg.RawCursor(connection) as cursor:
        cursor.execute(query.encode(), values, prepare=False)
        return cursor.fetchall() if cursor.description else []
