"""A .sql file -> the writes in its statements, and in the functions that it defines."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.families.literals import PUT_IN
from releasegate.appcode.families.sites import Found, riddle, site
from releasegate.appcode.values.sql_row import judge
from releasegate.appcode.verdicts import Row
from releasegate.model import Proof
from releasegate.statements.binds import HOLE, normalise
from releasegate.statements.functions import Body, bodies
from releasegate.statements.parser import SqlError
from releasegate.statements.writes import SqlWrite, in_order, writes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract

_VERB = re.compile(
    r"\b(insert\s+(?:or\s+\w+\s+|ignore\s+)?into|update|delete\s+from|merge\s+into|copy|truncate)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    _VERB.pattern + r"\s+(?:only\s+)?(?:\"?[\w\ue000]+\"?\.)?\"?(?P<table>\w+)", re.IGNORECASE
)
#: a template's field
_FIELD = re.compile(r"(?<![{$'])\{\{?\s*[A-Za-z_]\w*\s*\}?\}(?!')")
#: after these something has to stand
_ASKS = re.compile(r"(?i)([,(=<>+*/|-]|\b(and|or|not|where|from|join|into|update|select|set|on))\Z")
#: psql's own commands, and COPY's rows
_PSQL_COPY = re.compile(r"(?im)^\\copy(\s+[^(\n]*?(?:\([^)\n]*\))?)\s+from\s.*$")
_META = re.compile(r"^\\.*$", re.MULTILINE)
_COPIED = re.compile(r"(?is)(^\s*copy\b[^;]*\bfrom\s+stdin[^;]*;)(.*?)(^\\\.$|\Z)", re.MULTILINE)


def sites(path: str, text: str, contract: Contract) -> Iterator[Found]:
    """Find the writes of a file; one that the grammar refuses is read statement by statement."""
    text = _PSQL_COPY.sub(r"COPY\1 FROM STDIN;", text)
    plain = _META.sub("", _COPIED.sub(lambda m: m[1] + "\n" * m[2].count("\n"), text))
    plain = _FIELD.sub(_put_in, plain) if _FIELD.search(plain) else plain
    for first, part in _parts(plain):
        try:
            found = writes(part)
        except SqlError as error:
            yield from _unparsed(path, first, part, contract, str(error))
            continue
        for write in found:
            yield from _site(path, first, write, contract)
        for body in bodies(normalise(part).sql):
            for write in body.writes:
                yield from _site(path, first + body.line - 1, write, contract, body)
            if body.is_hidden and not body.writes:
                yield from _unparsed(
                    path, first + body.line - 1, body.text, contract, "it is made when it runs"
                )


def _put_in(match: re.Match[str]) -> str:
    """Let ``{TABLE}`` of a template stand for a name, or for nothing at the end of a clause."""
    before = match.string[: match.start()].rstrip()
    after = match.string[match.end() :].lstrip()[:1]
    is_alone = match.string[: match.start()].rpartition("\n")[2].strip() == ""
    needs_name = not is_alone or after in (",", "=") or _ASKS.search(before)
    return HOLE if needs_name else ""


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Give the whole text, or its statements where the whole is refused."""
    try:
        writes(text)
    except SqlError:
        position = 0
        for part in re.split(r";[ \t]*(?=\n|\Z)", text):
            yield text.count("\n", 0, position) + 1, part
            position += len(part) + 1
        return
    yield 1, text


def _site(
    path: str, first: int, write: SqlWrite, contract: Contract, body: Body | None = None
) -> Iterator[Found]:
    relation = contract.find(write.schema, write.table)
    if relation is None:
        return
    write = in_order(write, contract.columns_of(relation))
    line = first + write.line - 1
    place = Proof(path, line, f"the columns of {relation.name} are listed here")
    inserts = write.operation in ("insert", "upsert", "copy")
    rows = [judge(row, relation, contract, place, body) for row in write.rows] if inserts else []
    if inserts and write.columns is None:
        rows = [Row(place, is_open="the columns are not listed")]
    elif inserts and write.hides_columns:
        rows = [replace(row, is_open=PUT_IN) for row in rows]
    updates: tuple[Row, ...] = ()
    if write.updates:
        values = {
            key: value
            for key, value in write.updates.items()
            if not (value.kind == "excluded" and value.text == key)
        }
        updates = (judge(values, relation, contract, place, body),)
    made = site(
        path=path,
        line=line,
        end_line=max(line, first + write.end_line - 1),
        relation=relation,
        operation=write.operation,
        api="sql",
        rows=rows or ([Row(place)] if inserts else []),
        updates=updates,
        contract=contract,
        scope=(path, first),
    )
    yield replace(made, truncates=write.truncates)


def _unparsed(path: str, first: int, text: str, contract: Contract, why: str) -> Iterator[Found]:
    told: set[tuple[str, str]] = set()
    for match in _TARGET.finditer(text):
        name, verb = match["table"], match.group(1).split()[0].lower()
        relation = contract.find(None, name) or contract.find(None, name.lower())
        if relation is None or (name, verb) in told or _is_comment(text, match.start()):
            continue
        told.add((name, verb))
        operation = {"insert": "insert", "update": "update", "merge": "upsert", "copy": "copy"}
        line = first + text.count("\n", 0, match.start())
        yield riddle(
            Proof(path, line, f"the SQL cannot be read ({why})"),
            relation=relation,
            operation=operation.get(verb, "delete"),
            api="sql",
            contract=contract,
        )


def _is_comment(text: str, position: int) -> bool:
    start = text.rfind("\n", 0, position) + 1
    return "--" in text[start:position]
