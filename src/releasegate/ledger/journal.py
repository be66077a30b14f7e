"""Events -> a chain, each row with the digest of the one before; and whether it is unbroken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.ledger.version import WITH_JOURNAL, version_of

if TYPE_CHECKING:
    from releasegate.database import Connection

# Whoever keeps a digest can compute it again with any tool: the text is the row's own.
_DIGEST = """encode(sha256(convert_to(
  concat_ws(E'\\n', before, position, event, body), 'UTF8')), 'hex')"""

# steps_done counts up without an event; the steps' own rows tell as much.
_APPEND = f"""
, latest AS (
  SELECT position, digest FROM releasegate.journal ORDER BY position DESC LIMIT 1
), event AS (
  SELECT coalesce(latest.position, 0) + 1 AS position, coalesce(latest.digest, '') AS before,
    (event) AS event, to_jsonb(written) - 'steps_done' AS body
  FROM written LEFT JOIN latest ON true
)
INSERT INTO releasegate.journal (position, event, body, before, digest)
SELECT position, event, body, before, {_DIGEST} FROM event
"""  # noqa: S608  every part is a text of ours

# What was there before the last adoption was taken over as it was, unless a kept digest asks.
_BROKEN = f"""
SELECT position, is_whole FROM (
  SELECT position, digest, digest = {_DIGEST} AS is_whole, before = lag(digest, 1, '') OVER chain
    AND position = lag(position, 1, 0::bigint) OVER chain + 1 AS follows
  FROM releasegate.journal WINDOW chain AS (ORDER BY position)
) c WHERE NOT (is_whole AND follows) AND position >= coalesce((
  SELECT min(since) FROM (
    SELECT max(position) AS since FROM releasegate.journal WHERE event = 'ledger adopted'
    UNION ALL SELECT position FROM releasegate.journal WHERE digest = %s
  ) s), 0)
ORDER BY position
"""  # noqa: S608  every part is a text of ours

_KNOWN = """
WITH adoption AS (
  SELECT position, body FROM releasegate.journal WHERE event = 'ledger adopted'
  ORDER BY position DESC LIMIT 1
), told AS (
  SELECT a.position, 'step applied' AS event, s.body
  FROM adoption a, jsonb_array_elements(a.body -> 'steps') s (body)
  UNION ALL
  SELECT a.position, 'run began', r.body
  FROM adoption a, jsonb_array_elements(a.body -> 'runs') r (body)
  UNION ALL
  SELECT position, event, body FROM releasegate.journal
  WHERE event NOT IN ('ledger adopted', 'step failed')
    AND position > (SELECT max(position) FROM adoption)
), last AS (
  SELECT DISTINCT ON (1, 2) starts_with(event, 'run ') AS is_run,
    CASE WHEN starts_with(event, 'run ') THEN body ->> 'run_id'
      ELSE concat_ws('/', body ->> 'migration_number', body ->> 'ordinal') END AS name, event, body
  FROM told ORDER BY 1, 2, position DESC
), held AS (
  SELECT false AS is_run, concat_ws('/', migration_number, ordinal) AS name, to_jsonb(s) AS body
  FROM releasegate.step s
  UNION ALL
  SELECT true, run_id::text, to_jsonb(r) FROM releasegate.run r
)
"""
_CONTRADICTED = f"""
{_KNOWN}
SELECT is_run, name FROM last FULL JOIN held USING (is_run, name)
WHERE (held.body @> last.body) IS NOT TRUE ORDER BY 1, 2
"""  # noqa: S608  every part is a text of ours


def entered(written: str, event: str) -> str:
    """Write one statement that changes a row and enters it in the journal, or does neither.

    ``written`` changes one row and says RETURNING; ``event`` is SQL for the event's name.
    """
    return f"WITH written AS ({written}){_APPEND.replace('(event)', event)}"


def append(connection: Connection, event: str, body: str) -> None:
    """Enter what changed no row: ``body`` is a JSON object."""
    statement = entered("SELECT %s::jsonb AS body", "%s").replace(
        "to_jsonb(written)", "written.body"
    )
    connection.execute(statement.encode(), (body, event))


def verify(connection: Connection, *, head: str | None = None) -> tuple[str, ...]:
    """Say where the ledger is another than its journal tells; nothing where it agrees.

    ``head`` is a digest that was kept elsewhere: its row must be there still.
    """
    if version_of(connection) < WITH_JOURNAL:
        return ()
    found = _breaks(connection, head)
    if head is not None and not _has(connection, head):
        found.append(f"no row of the journal has the digest {head[:12]}")
    contradicted = database.rows(connection, _CONTRADICTED)
    found += [f"{_thing(*row)} is not what the journal says" for row in contradicted]
    return tuple(found)


def _breaks(connection: Connection, head: str | None) -> list[str]:
    """List the rows that were changed themselves, or that do not follow the one before."""
    return [
        f"row {position} of the journal "
        + ("does not follow the one before it" if is_whole else "was changed")
        for position, is_whole in database.rows(connection, _BROKEN, (head,))
    ]


def _has(connection: Connection, digest: str) -> bool:
    query = "SELECT EXISTS (SELECT FROM releasegate.journal WHERE digest = %s)"
    return bool(database.one(connection, query, (digest,))[0])


def _thing(is_run: bool, name: str) -> str:
    number, _, ordinal = name.partition("/")
    return f"run {name}" if is_run else f"step {ordinal} of migration {number}"
