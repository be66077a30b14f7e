"""Work, sizes and a server's pace -> the seconds that it takes, and the bytes that it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.facts import Column, Size
from releasegate.forecast.work import BUILD, JOIN, REWRITE, SCAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.forecast.pace import Pace
    from releasegate.forecast.work import Work
    from releasegate.model import Relation

# What is done with a row or a page that is in memory, in rows of the pace's join. Found by
# measurement with benchmarks/predictions.py.
_PAGE, _READ, _CHECKED = 3.0, 0.12, 0.2
#: stretches are fetched page by page, whole tables several pages at once: the part that it takes
_AT_ONCE = 0.4
_HASHED, _SOUGHT = 0.9, 0.27
#: the larger the hash table, the further from the processor it lies
_SOUGHT_FAR = 0.03
#: of an index: a row's entry is made and handed on, compared in a sort, looked for the second time
_HANDLED, _COMPARED, _WOVEN = 0.8, 0.16, 0.35
#: so many times as long where texts are compared by a language's rules
_COLLATED = 5.0
_WRITTEN_ROW = 4.0
#: for a byte that is written to a table or an index, and to the log
_WRITTEN_BYTE = 0.06
#: how much of another process' work a parallel worker saves
_WORKER = 0.35
#: a table of fewer rows is joined in the processor's own memory
_NEAR_ROWS = 10_000

_EXPRESSION_WIDTH = 16.0
# B-tree pages and tuples (manual, 67.1.4: deduplication).
_FILL, _TUPLE, _POINTER, _LISTED = 0.9, 8, 4, 6
_ALIGNED = 8
_LONGEST_LIST = 130
#: what a sort adds to a tuple on disk
_ON_TAPE = 8
_NOTHING = Column(0.0, 1.0, 1.0)
_LEAST_TAPE_BYTES = 32 << 20
_QUICK_METHODS = frozenset({"brin"})
#: from here on a sort finds the rows in their order
_ORDERED = 0.95


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work takes."""

    #: None: nobody can say
    seconds: float | None
    #: that stay
    bytes_kept: float = 0.0
    #: that are given back when it is done
    bytes_meanwhile: float = 0.0


class Costs:
    """Costs on one target; a table that it does not have yet has no rows."""

    def __init__(self, sizes: Mapping[Relation, Size], pace: Pace) -> None:
        self._sizes = sizes
        self._pace = pace
        read_s = (pace.read_page_s or 0.0) - self._rows(pace.read_rows * _READ)
        self._page_s = max(read_s * _AT_ONCE, self._rows(_PAGE))

    def of(self, work: Work) -> Cost:
        size = self._size(work.table)
        if work.kind == SCAN:
            return Cost(self._scan(size) + self._rows(size.rows * _CHECKED))
        if work.kind == JOIN and work.parent is not None:
            return Cost(self._join(size, work, self._size(work.parent)))
        if work.kind == BUILD:
            return self._build(size, work)
        if work.kind == REWRITE:
            return self._rewrite(size)
        return Cost(None)

    def _size(self, table: Relation) -> Size:
        return self._sizes.get(table, Size())

    def _rows(self, count: float) -> float:
        return count * self._pace.row_s

    def _scan(self, size: Size) -> float:
        return size.pages * self._page_s + self._rows(size.rows * _READ)

    def _join(self, child: Size, work: Work, parent: Size) -> float:
        """Read both, put the parents into a hash table, look each child's up that has one."""
        nulls = max((_column(child, name).null_part for name in work.columns), default=0.0)
        sought = child.rows * (1 - nulls)
        if not sought:
            return self._scan(child)
        distance = max(0.0, math.log2(max(parent.rows, 1) / _NEAR_ROWS))
        rows = parent.rows * _HASHED + sought * (_SOUGHT + _SOUGHT_FAR * distance)
        return self._scan(child) + self._scan(parent) + self._rows(rows)

    def _build(self, size: Size, work: Work) -> Cost:
        entry, kept = index_bytes(size, work)
        if work.method in _QUICK_METHODS:
            return Cost(self._scan(size) * (2 if work.is_concurrent else 1))
        sort = size.rows * (entry + _ON_TAPE)
        meanwhile = sort if sort > self._pace.memory_bytes else 0.0
        if work.method != "btree":
            return Cost(None, kept, meanwhile)
        share = 1 / (1 + _WORKER * self._workers(size))
        each = _HANDLED + _COMPARED * _comparisons(size, work)
        once = (self._scan(size) + self._rows(size.rows * each)) * share
        once += self._rows(kept * _WRITTEN_BYTE)
        # Concurrently the table is read again, beside the index, for rows that came meanwhile.
        again = self._scan(size) + self._rows(size.rows * _WOVEN) if work.is_concurrent else 0.0
        return Cost(once + again, kept, meanwhile)

    def _workers(self, size: Size) -> int:
        """Tell how many the server would start beside the session (plan_create_index_workers)."""
        pace = self._pace
        if size.pages < max(pace.least_pages, 1):
            return 0
        by_size = 1 + int(math.log(size.pages / max(pace.least_pages, 1), 3))
        by_memory = pace.memory_bytes // _LEAST_TAPE_BYTES - 1
        return max(0, min(pace.workers, by_size, by_memory))

    def _rewrite(self, size: Size) -> Cost:
        rows = self._rows(size.rows * _WRITTEN_ROW)
        written = self._rows((size.table_bytes + size.index_bytes) * _WRITTEN_BYTE)
        return Cost(self._scan(size) + rows + written, 0.0, size.table_bytes + size.index_bytes)


def index_bytes(size: Size, work: Work) -> tuple[float, float]:
    """Estimate the bytes of one entry, and of all of them in their pages."""
    columns = [_column(size, name) for name in work.columns]
    has_nulls = any(column.null_part > 0 for column in columns)
    values = sum(column.width * (1 - column.null_part) for column in columns)
    entry = _TUPLE + (_ALIGNED if has_nulls else 0) + math.ceil(values / _ALIGNED) * _ALIGNED
    each = entry + _POINTER
    equal = size.rows / _distinct(size.rows, columns)
    if equal > 1 and not work.is_unique and work.method == "btree":
        listed = _LISTED + each / min(equal, _LONGEST_LIST)
        return entry, min(each, listed) * size.rows / _FILL
    return entry, each * size.rows / _FILL


def _comparisons(size: Size, work: Work) -> float:
    """Count how often a sort compares a row: not at all where they lie in order, or are equal."""
    columns = [_column(size, name) for name in work.columns]
    if columns and columns[0].order >= _ORDERED:
        return 0.0
    each = _COLLATED if any(column.is_collated for column in columns) else 1.0
    return each * math.log2(_distinct(size.rows, columns))


def _distinct(rows: float, columns: list[Column]) -> float:
    """Count different keys, NULL being one; never more than there are rows."""
    keys = 1.0
    for column in columns:
        told = column.distinct if column.distinct is not None else -1.0
        # A negative number is a part of the rows (manual, pg_stats).
        values = min(told if told > 0 else -told * rows, rows * (1 - column.null_part))
        keys = min(keys * max(values + (column.null_part > 0), 1.0), max(rows, 1.0))
    return keys


def _column(size: Size, name: str | None) -> Column:
    """Find a column; a new one has no values, an expression one of the usual width."""
    if name is None:
        return Column(_EXPRESSION_WIDTH)
    return size.columns.get(name, _NOTHING)
