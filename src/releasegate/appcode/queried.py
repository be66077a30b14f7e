"""The app's sources -> every complete statement that it sends to given tables."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.contract import Contract
from releasegate.appcode.families.literals import line_of
from releasegate.appcode.flow.uses import uses
from releasegate.appcode.reader import Reader
from releasegate.appcode.values.texts import text_of
from releasegate.statements import complete

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_STATEMENT = re.compile(r"\b(select|insert|update|delete|merge)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Query:
    path: str
    #: 1-based, of the statement or of the call that makes it
    line: int
    #: one statement with $1, $2, ...
    sql: str


def queries(
    contents: Mapping[str, bytes | None], relations: Collection[Relation]
) -> tuple[Query, ...]:
    """List each statement once a place, in order; those with parts put in at run time are left out.

    ``contents`` maps the app's files to their bytes, as for ``examine``. A builder's or a model's
    write becomes the INSERT or UPDATE of the columns that it always sends.
    """
    wanted = tuple(relations)
    reader = Reader(contents, Contract((), others=wanted))
    found: set[Query] = set()
    for path in reader.hits(reads=True):
        if path.endswith(".sql"):
            found.update(_of_text(path, 1, reader.text(path), wanted))
            continue
        found.update(reader.guarded(path, lambda module: _of_module(module, reader, wanted)))
        found.update(filter(None, map(_made, reader.sites(path))))
    return tuple(sorted(found))


def _of_text(path: str, first: int, text: str, relations: tuple[Relation, ...]) -> Iterator[Query]:
    for item in complete.complete(text, relations):
        yield Query(path, first + item.line - 1, item.sql)


def _of_module(module: Module, reader: Reader, relations: tuple[Relation, ...]) -> Iterator[Query]:
    for leaf in module.nodes:
        if not isinstance(leaf, ast.Constant | ast.JoinedStr):
            continue
        text = text_of(module, leaf)
        if text is None or not _STATEMENT.search(text):
            continue
        for use in uses(module, leaf, reader.project.importers(module, leaf)):
            for item in complete.complete(use.text, relations):
                line = line_of(module, leaf, use, item.line, None)
                yield Query(module.path, line, item.sql)


def _made(found: Found) -> Query | None:
    """Write down what a call without SQL sends."""
    site = found.site
    if site.api == "sql" or found.relation is None or not found.keys:
        return None
    make = complete.update if site.operation == "update" else complete.insert
    return Query(site.path, site.line, make(found.relation, found.keys))
