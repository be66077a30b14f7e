"""A stage -> how the server finds somebody's rows: who it is asked once, and by which index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate.gates.rehearsal.policies.matrix import say_who
from releasegate.model import Relation
from releasegate.specimens.raw import ask
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates.rehearsal.policies.stage import Stage


# Columns that the policies of a table read, each with whether an index begins with it: those before
# it in the index have to be read by the policies too. A body in a string hides what it reads.
_UNINDEXED = """
WITH read AS (
  SELECT DISTINCT c.oid, n.nspname, c.relname, a.attnum, a.attname
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = p.polrelid
  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
)
SELECT nspname, relname, attname FROM read
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_index i, generate_series(0, i.indnkeyatts - 1) AS place
  WHERE i.indrelid = read.oid AND i.indisvalid AND i.indpred IS NULL
    AND i.indkey[place] = read.attnum AND NOT EXISTS (
      SELECT FROM generate_series(0, place - 1) AS before
      WHERE NOT EXISTS (
        SELECT FROM read other WHERE other.oid = read.oid AND other.attnum = i.indkey[before])))
ORDER BY 1, 2, 3
"""
#: parts of a plan that read other tables
_APART = frozenset({"InitPlan", "SubPlan"})


@dataclass(frozen=True, slots=True)
class Look:
    """The plan of reading all of one's rows of a table."""

    table: Relation
    #: parts of it are worked out once, not for each row
    has_initplan: bool
    #: leads to the rows; None: all are read, and most thrown away
    index: str | None
    #: SQLSTATE, where there is no plan
    refusal: str | None = None


def looks(stage: Stage) -> Iterator[Look]:
    """Ask for plans as user A; few rows make no plan, so a whole scan is made dear."""
    identity = next(one for one in stage.identities if one.whose and not one.is_unbound)
    for table in stage.declaration.ordered:
        name = quote_relation(table.relation)
        try:
            with identity.connection.transaction(force_rollback=True):
                say_who(identity)
                ask(identity.connection, "SET LOCAL enable_seqscan = off")
                query = " ".join(("EXPLAIN (FORMAT JSON) SELECT * FROM", name))
                told = ask(identity.connection, query)[0][0]
        except psycopg.Error as error:
            yield Look(table.relation, False, None, error.sqlstate)
            continue
        nodes = [*_nodes((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])]
        is_once = any(node.get("Parent Relationship") == "InitPlan" for node in nodes)
        yield Look(table.relation, is_once, _index(nodes, table.relation.name))


def unindexed(stage: Stage) -> Iterator[tuple[Relation, str]]:
    """Name columns by which policies tell whose a row is, in USING or WITH CHECK, without index."""
    tables = stage.declaration.tables
    for schema, name, column in ask(stage.owner, _UNINDEXED):
        table = tables.get(Relation(schema, name))
        if table is not None and column in table.telling:
            yield table.relation, column


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _index(nodes: list[dict[str, Any]], name: str) -> str | None:
    """Find the index that leads to the table's rows; one that is read whole leads nowhere."""
    scan = next((node for node in nodes if node.get("Relation Name") == name), None)
    # A bitmap's index is looked at below it; other parts of the plan read for themselves.
    own = [scan, *scan.get("Plans", ())] if scan else []
    led = [one for one in own if one.get("Parent Relationship") not in _APART or one is scan]
    found = (str(one["Index Name"]) for one in led if "Index Cond" in one and "Index Name" in one)
    return next(found, None) or _below(own)


def _below(own: list[dict[str, Any]]) -> str | None:
    """An index only of a bitmap: its condition stands one level down, or two behind an OR."""
    bitmaps = [one for one in own if str(one.get("Node Type", "")).startswith("Bitmap")]
    nodes = [inner for one in bitmaps for inner in one.get("Plans", ())]
    return next((str(one["Index Name"]) for one in nodes if "Index Cond" in one), None)
