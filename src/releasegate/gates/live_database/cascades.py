"""Keys that delete with their parent -> how many rows one delete would take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import database, facts, findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.catalog import Demand
    from releasegate.database import Connection
    from releasegate.facts import Hanging
    from releasegate.model import Finding

#: each demand with its largest families, or why they are not known
Radii = list[tuple["Demand", "Hanging | str"]]


def radii(connection: Connection, demands: Iterable[Demand]) -> Radii:
    """Look at each key with ON DELETE CASCADE whose columns are there already."""
    return [(one, _radius(connection, one)) for one in demands if one.cascades and one.columns]


def _radius(connection: Connection, demand: Demand) -> Hanging | str:
    try:
        found = facts.hanging(connection, demand.table, demand.columns)
    except psycopg.Error as error:
        if connection.broken or connection.closed:
            raise
        return database.meaning(error)
    return found or "it is large, and the server has no statistics of the key's columns"


def told(found: Radii) -> Iterator[Finding]:
    """Say how far a delete reaches; that is known before it is needed, and blocks nothing."""
    for demand, radius in found:
        key = f"{demand.name}, ON DELETE CASCADE"
        if isinstance(radius, str):
            message = f"How many rows of {demand.table} go with a parent ({key}) was not counted"
            yield findings.make("RG580", f"{message}: {radius}.")
        elif radius.rows:
            about = "" if radius.is_counted else "about "
            message = (
                f"Deleting a row of {demand.parent} deletes its rows of {demand.table} ({key}): "
                f"{about}{', '.join(map(str, radius.rows))} with those that have the most."
            )
            yield findings.make("RG580", message)


def evidence(found: Radii) -> list[dict[str, Any]]:
    return [
        {
            "key": demand.name,
            "table": str(demand.table),
            "largest": None if isinstance(radius, str) else list(radius.rows),
            "is_counted": not isinstance(radius, str) and radius.is_counted,
        }
        for demand, radius in found
    ]
