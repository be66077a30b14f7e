"""What became of everybody's attempts under policies -> a small table: operations by identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from releasegate.counted import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.model import GateResult

_SCHEMAS = {"baseline": "", "live_schema": " on the live schema"}
_SHORT = {"no identity": "nobody", "table owner": "owner", "BYPASSRLS": "bypass"}
_WORDS = {"1 row": "yes", "no row": "-", "refused": "no", "nothing": "none"}
_GAP = "  "


def lines(result: GateResult, width: int) -> Iterator[str]:
    """Write the table of each schema that policies were tried on."""
    if result.gate != "rehearsal":
        return
    for schema, where in _SCHEMAS.items():
        told = result.evidence.get(schema, {}).get("policies")
        if told:
            yield from _headline(told, where)
            yield from _table(told, width)
            yield from _rest(told)


def _headline(told: Mapping[str, Any], where: str) -> Iterator[str]:
    cells = told["cells"]
    red = sum(cell["is_red"] for cell in cells)
    verdict = f"{red} NOT as declared" if red else "all as declared"
    tables = ", ".join(name.removeprefix("public.") for name in told["tables"])
    yield f"- policies{where}: {counted(len(cells), 'attempt')} at {tables}: {verdict}"


def _table(told: Mapping[str, Any], width: int) -> Iterator[str]:
    """Write the identities side by side, in as many blocks as the width asks for."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for cell in told["cells"]:
        found.setdefault((cell["operation"], cell["identity"]), []).append(cell)
    first = max(map(len, told["operations"]))
    for names in _blocks(told["identities"], width - first):
        yield _row("", [_SHORT.get(name, name) for name in names], names, first)
        for operation in told["operations"]:
            words = [_word(found.get((operation, name), [])) for name in names]
            yield _row(operation, words, names, first)


def _blocks(names: Sequence[str], room: int) -> Iterator[list[str]]:
    block: list[str] = []
    for name in names:
        if block and sum(map(_width, [*block, name])) > room:
            yield block
            block = []
        block.append(name)
    yield block


def _width(name: str) -> int:
    return len(_GAP) + len(_SHORT.get(name, name))


def _row(label: str, words: Sequence[str], names: Sequence[str], first: int) -> str:
    columns = (
        word.ljust(_width(name) - len(_GAP)) for word, name in zip(words, names, strict=True)
    )
    return f"  {label.ljust(first)}{_GAP}{_GAP.join(columns)}".rstrip()


def _word(cells: Sequence[Mapping[str, Any]]) -> str:
    """Say for all tables together what became of one operation."""
    if not cells:
        return ""
    if any(cell["is_red"] for cell in cells):
        return "RED"
    words = {_WORDS.get(cell["actual"]) or _seen(cell) for cell in cells}
    return words.pop() if len(words) == 1 else "some"


def _seen(cell: Mapping[str, Any]) -> str:
    return "all" if "," in cell["actual"] else "own"


def _rest(told: Mapping[str, Any]) -> Iterator[str]:
    weakened = told["weakened"]
    if weakened:
        noticed = sum(one["noticed"] is not None for one in weakened)
        yield f"- {noticed} of {len(weakened)} weakened policies turn a cell red"
    if told["app"]:
        same = sum(one["is_same"] for one in told["app"])
        count = len(told["app"])
        gives = counted(count, "statement of the app gives", "statements of the app give")
        yield f"- {same} of {gives} each owner the same as before"
    good = sum(look["has_initplan"] and look["index"] is not None for look in told["plans"])
    tables = counted(len(told["plans"]), "table")
    yield f"- on {good} of {tables} who it is is asked once, and an index leads to the rows"
