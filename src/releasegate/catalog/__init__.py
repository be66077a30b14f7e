"""What a database holds: one snapshot, comparable, printable as a difference."""

from releasegate.catalog.demand import Demand
from releasegate.catalog.demands import demands
from releasegate.catalog.differences import difference, things
from releasegate.catalog.dump import dump_lines
from releasegate.catalog.reading import (
    Snapshot,
    describe,
    named,
    relfilenodes,
    snapshot,
    tables,
)

__all__ = [
    "Demand",
    "Snapshot",
    "demands",
    "describe",
    "difference",
    "dump_lines",
    "named",
    "relfilenodes",
    "snapshot",
    "tables",
    "things",
]
