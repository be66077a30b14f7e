"""The app-code gate's answer -> sentences: what is sent where, and what decided it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.model import Finding, GateResult

_WORDS = {
    "sent": ("sends it", "send it"),
    "omitted": ("leaves it out", "leave it out"),
    "maybe_null": ("may send NULL", "may send NULL"),
    "alias": ("sends it under another name", "send it under another name"),
    "wrong_reference": ("sends another row's id", "send another row's id"),
    "undecidable": ("cannot be read", "cannot be read"),
    "settled": ("is settled by a pragma", "are settled by a pragma"),
}


def coverage(result: GateResult) -> Iterator[str]:
    """Say of each contract column how many write sites send it."""
    for column in result.evidence.get("contract", ()):
        yield _coverage(column, result.evidence)
    deployed = result.evidence.get("deployed")
    if isinstance(deployed, dict) and "commit" in deployed:
        yield _deployed(deployed)


def proofs(finding: Finding, evidence: Mapping[str, Any]) -> Iterator[str]:
    """Name the other places that decided: a declaration, a call, a helper."""
    told: set[str] = set()
    for site in evidence.get("write_sites", ()):
        for verdict in site["columns"].values():
            places = [(p["path"], p["line"]) for p in verdict["proof"]]
            if verdict["verdict"] == "sent" or (finding.path, finding.line) not in places[:1]:
                continue
            for proof in verdict["proof"][1:]:
                where = f"{proof['path']}:{proof['line']}"
                if where != f"{finding.path}:{finding.line}" and where not in told:
                    told.add(where)
                    yield f"{where}: {proof['what']}"


def _deployed(told: Mapping[str, Any]) -> str:
    commit = str(told["commit"])[:12]
    if told["is_head"]:
        return f"what runs is HEAD ({commit})"
    counts = {"write site": told["write_sites"], "error": told["errors"]}
    said = ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for what, n in counts.items())
    return f"at {commit}, which runs: {said}"


def _coverage(column: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    """Count what the write sites send: ``runs.plan_id: 4 write sites, 4 send it``."""
    table, name = column["child"].rsplit(".", 1)[-1], column["column"]
    counts: Counter[str] = Counter()
    for site in evidence.get("write_sites", ()):
        verdict = site["columns"].get(name) if site["table"] == table else None
        if verdict is not None:
            counts["settled" if name in site.get("settled", ()) else verdict["verdict"]] += 1
    total = sum(counts.values())
    parts = [f"{n} {_WORDS[verdict][n > 1]}" for verdict, n in counts.most_common()]
    sites = "1 write site" if total == 1 else f"{total} write sites"
    made = " (this migration creates it)" if column["created"] else ""
    return ", ".join([f"{table}.{name}{made}: {sites}", *parts])
