"""What was read, and the contract -> findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.appcode.beside import beside
from releasegate.appcode.contract import ANY_TABLE
from releasegate.counted import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.reader import Reading
    from releasegate.model import ColumnVerdict, ContractColumn, Finding, Relation

_CODES = {
    "omitted": "RG201",
    "maybe_null": "RG202",
    "alias": "RG203",
    "wrong_reference": "RG204",
    "undecidable": "RG205",
}
_INSERTS = ("insert", "upsert", "copy")


def judge(
    reading: Reading, contract: Contract, optional: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Say what is wrong with each write site, and which tables have none.

    ``optional`` holds columns as ``table.column`` or ``schema.table.column``.
    """
    found = [*reading.findings]
    for item in reading.found:
        if item.riddle is not None:
            if not _is_settled(item, contract):
                found.append(_riddle(item, contract))
            continue
        found.extend(_of_site(item, contract, optional))
        found.extend(_of_delete(item, reading, contract))
    found.extend(beside(reading, contract))
    found.extend(_unwritten(reading, contract))
    return tuple(dict.fromkeys(found))


def _is_settled(item: Found, contract: Contract) -> bool:
    """Say whether pragmas name each key of a table that the write may be of."""
    tables = contract.children if item.relation is None else (item.relation,)
    keys = ({column.column for column in contract.of_child(table)} for table in tables)
    return any(names and names <= set(item.settled) for names in keys)


def _riddle(item: Found, contract: Contract) -> Finding:
    site, cure = item.site, "Write the columns out at the call."
    where = site.table
    if where == ANY_TABLE:
        names = ", ".join(relation.name for relation in contract.relations)
        where = f"a table that may be any of {names}"
        cure = "Write the table's name out at the call."
    message = f"This {site.operation} of {where} cannot be judged: {item.riddle}."
    return findings.make("RG205", message, path=site.path, line=site.line, help=cure)


def _of_site(item: Found, contract: Contract, optional: Collection[str]) -> Iterator[Finding]:
    for column in contract.of_child(item.relation):
        verdict = item.site.columns.get(column.column)
        if verdict is None or column.column in item.settled:
            continue
        if column.created:
            yield from _of_created(item, column, verdict)
        elif verdict.verdict != "sent":
            is_optional = {str(column), f"{column.child}.{column.column}"} & set(optional)
            yield _of_column(item, column, verdict, is_optional=bool(is_optional))


def _of_created(item: Found, column: ContractColumn, verdict: ColumnVerdict) -> Iterator[Finding]:
    place = verdict.proof[0]
    if verdict.verdict in ("omitted", "alias"):
        message = (
            f"This {item.site.operation} leaves out {column}, which the migration creates; "
            "until it has run, the column cannot be sent."
        )
        yield findings.make("RG211", message, path=item.site.path, line=item.site.line)
    elif verdict.verdict == "undecidable":
        message = f"Whether this {item.site.operation} sends {column} too early: {place.what}."
        yield findings.make("RG205", message, path=place.path, line=place.line)
    else:
        message = (
            f"This {item.site.operation} sends {column}, which only the migration creates: "
            "it fails until the migration has run."
        )
        yield findings.make("RG210", message, path=place.path, line=place.line)


def _of_column(
    item: Found, column: ContractColumn, verdict: ColumnVerdict, *, is_optional: bool
) -> Finding:
    operation, place = item.site.operation, verdict.proof[0]
    message = {
        "omitted": f"This {operation} of {item.site.table} leaves out {column}: {place.what}.",
        "maybe_null": f"This {operation} may send NULL for {column}: {place.what}.",
        "alias": f"This {operation} sends {column} under another name: {place.what}.",
        "wrong_reference": f"This {operation} gives {column} a wrong value: {place.what}.",
        "undecidable": f"What this {operation} sends for {column} is not visible: {place.what}.",
    }[verdict.verdict]
    code = _CODES[verdict.verdict]
    cure = _cure(column, verdict.verdict)
    if is_optional and verdict.verdict in ("omitted", "maybe_null"):
        return findings.make("RG213", message, path=place.path, line=place.line)
    return findings.make(code, message, path=place.path, line=place.line, help=cure)


def _cure(column: ContractColumn, verdict: str) -> str:
    parent = f"{column.parent.name}.{column.parent_column or 'id'}"
    return {
        "omitted": f"Add {column.column} with the value of {parent}.",
        "maybe_null": f"Refuse the write before, or send a {parent} that is never None.",
        "alias": f"Name the key {column.column}.",
        "wrong_reference": f"Send the value of {parent}.",
        "undecidable": f"Write {column.column} and its value out at the call.",
    }[verdict]


def _of_delete(item: Found, reading: Reading, contract: Contract) -> Iterator[Finding]:
    columns = endangered(item, reading, contract)
    if not columns:
        return
    parts: list[str] = []
    for column in columns:
        what = {
            "CASCADE": f"the rows of {column.child.name} go along ({column}, ON DELETE CASCADE)",
            "SET NULL": f"{column} becomes NULL (ON DELETE SET NULL)",
            "SET DEFAULT": f"{column} falls back to its default (ON DELETE SET DEFAULT)",
        }.get(column.on_delete)
        parts.append(what or f"it fails while {column} still refers to the row")
    message = f"Rows of {item.site.table} go here. With the keys in place, {'; '.join(parts)}."
    cascades = all(column.on_delete == "CASCADE" for column in columns)
    children = ", ".join(dict.fromkeys(column.child.name for column in columns))
    cure = (
        f"Make sure that losing rows of {children} is meant."
        if cascades
        else f"Deal with the rows of {children} first, in the same transaction."
    )
    yield findings.make("RG209", message, path=item.site.path, line=item.site.line, help=cure)


def endangered(item: Found, reading: Reading, contract: Contract) -> tuple[ContractColumn, ...]:
    """Name the keys that a delete of a parent meets; children deleted before it do not count."""
    if item.site.operation != "delete" or item.relation is None or item.truncates == "plain":
        return ()
    gone = {
        other.relation
        for other in reading.found
        if other.site.operation == "delete"
        and other.site.path == item.site.path
        and other.scope == item.scope
        and other.scope is not None
        and other.site.line <= item.site.line
    }
    return tuple(c for c in contract.of_parent(item.relation) if c.child not in gone)


def _unwritten(reading: Reading, contract: Contract) -> Iterator[Finding]:
    written = {item.relation for item in reading.found if item.site.operation in _INSERTS}
    for child in contract.children:
        if child in written or not _exists(child, contract):
            continue
        keys = contract.of_child(child)
        message = (
            f"No insert into {child.name} was found in {counted(reading.files, 'file')}, so "
            f"nothing shows that {', '.join(column.column for column in keys)} is sent."
        )
        yield findings.make("RG206", message)


def _exists(child: Relation, contract: Contract) -> bool:
    """Say whether the app can write the table before the migration."""
    return contract.table(child) is not None or any(
        not column.created for column in contract.of_child(child)
    )
