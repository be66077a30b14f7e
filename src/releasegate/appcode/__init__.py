"""A migration and the app's source -> whether the app keeps the contract, and all the evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from releasegate.counted import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.queried import Query
    from releasegate.appcode.reader import Reading
    from releasegate.appcode.source.sources import Sources
    from releasegate.model import ContractColumn, Finding, Relation

#: names of left-out files in the report; the count is always whole
MAX_NAMES = 50


@dataclass(frozen=True, slots=True)
class Examination:
    findings: tuple[Finding, ...]
    evidence: dict[str, Any] = field(default_factory=dict)


def examine(
    *,
    migration_sql: str,
    migration_path: str,
    baseline_sql: str,
    sources: Sources,
    contents: Mapping[str, bytes | None],
    optional: Collection[str] = (),
) -> Examination:
    """Read the contract and the app's files; without keys there is nothing to ask.

    ``contents`` maps each of the sources' files to its bytes, None where it cannot be read.
    """
    from releasegate.appcode import judgement, reader
    from releasegate.appcode.contract import read_contract
    from releasegate.appcode.source import excerpts

    contract = read_contract(migration_sql, baseline_sql, path=migration_path)
    if not contract.columns:
        reason = None if contract.problems else "the migration has no foreign keys"
        return Examination(contract.problems, _evidence(contract, reason=reason))
    reading = reader.read(contents, contract)
    judged = judgement.judge(reading, contract, optional)
    found = (*contract.problems, *_of_sources(sources), *judged)
    shown = excerpts.of(found, reading.project.contents, contract)
    return Examination(found, {**_evidence(contract, reading, sources), "excerpts": shown})


def queries(
    contents: Mapping[str, bytes | None], relations: Collection[Relation]
) -> tuple[Query, ...]:
    """List the complete statements that the app sends to the tables, in order of their places."""
    from releasegate.appcode.queried import queries as read

    return read(contents, relations)


def _of_sources(sources: Sources) -> Iterable[Finding]:
    from releasegate import findings

    for item in sources.unreadable:
        message = f"{item.path} cannot be looked at: {item.reason}."
        yield findings.make("RG207", message, path=item.path)
    if not sources.files:
        yield findings.make("RG212", "No source file was found in the configured folders.")
    if sources.left_out:
        count = len(sources.left_out)
        what = counted(count, "file or folder was", "files and folders were")
        yield findings.make("RG214", f"{what} left out.")


def _evidence(
    contract: Contract,
    reading: Reading | None = None,
    sources: Sources | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    left_out = sources.left_out if sources else ()
    evidence: dict[str, Any] = {
        "files": reading.files if reading else 0,
        "lines": reading.lines if reading else 0,
        "write_sites": [_site(item, reading, contract) for item in reading.found]
        if reading
        else [],
        "contract": [_column(column) for column in contract.columns],
        "excluded": {
            "count": len(left_out),
            "names": [asdict(item) for item in left_out[:MAX_NAMES]],
        },
    }
    return {**evidence, "reason": reason} if reason else evidence


def _site(item: Found, reading: Reading, contract: Contract) -> dict[str, Any]:
    from releasegate.appcode.judgement import endangered

    site = item.site
    columns = endangered(item, reading, contract)
    parent_delete = {
        "children": sorted({str(column.child) for column in columns}),
        "on_delete": sorted({column.on_delete for column in columns}),
    }
    return {
        "path": site.path,
        "line": site.line,
        "end_line": site.end_line,
        "table": site.table,
        "operation": site.operation,
        "api": site.api,
        "columns": {name: asdict(verdict) for name, verdict in site.columns.items()},
        "parent_delete": parent_delete if columns else None,
        "settled": dict(item.settled),
    }


def _column(column: ContractColumn) -> dict[str, Any]:
    return {
        "child": str(column.child),
        "column": column.column,
        "parent": str(column.parent),
        "parent_column": column.parent_column,
        "on_delete": column.on_delete,
        "created": column.created,
        "line": column.line,
    }
