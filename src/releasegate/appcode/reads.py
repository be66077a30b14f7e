"""A call or text in a module -> the reads that keys or changed columns get in the way of."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.families.targets import at_root
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_NAME = r'(?:"?\w+"?\s*\.\s*)?"?(?P<table>\w+)"?'
_LOCKING = re.compile(rf"\bfrom\s+{_NAME}\b.*?\bfor\s+update\b", re.IGNORECASE | re.DOTALL)
_WHOLE = re.compile(
    rf"\bselect\s+(?:\w+\.)?\*\s+from\s+{_NAME}"
    r"|\b(?:insert\s+into|update)\s+(?:\"?\w+\"?\s*\.\s*)?\"?(?P<written>\w+)\"?.*?\breturning\s+\*",
    re.IGNORECASE | re.DOTALL,
)
#: files that speak of these send statements that the server prepares
PREPARING = re.compile(
    rb"\basyncpg\b|\bpsycopg\b(?!2)|postgresql\+psycopg\b|from ['\"]postgres['\"]"
)


@dataclass(frozen=True, slots=True)
class Read:
    #: locking or whole
    kind: str
    path: str
    line: int
    relation: Relation


def reads(module: Module, contract: Contract) -> Iterator[Read]:
    """Find ``SELECT ... FOR UPDATE`` on parents, and ``SELECT *`` of tables that change."""
    for node in module.nodes:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            if not isinstance(module.parent(node), ast.JoinedStr):
                yield from _of_text(module, node, contract)
        elif isinstance(node, ast.Call):
            yield from _of_call(module, node, contract)


def _of_text(module: Module, node: ast.expr, contract: Contract) -> Iterator[Read]:
    text = text_of(module, node)
    if text is None or isinstance(module.parent(node), ast.Expr) or len(text) > 20_000:
        return
    for match in _LOCKING.finditer(text):
        relation = contract.find(None, match["table"])
        is_weak = re.search(r"\bfor\s+no\s+key\s+update\b", text, re.IGNORECASE)
        if relation in contract.parents and relation is not None and not is_weak:
            yield Read("locking", module.path, _line(node, text, match), relation)
    for match in _WHOLE.finditer(text):
        relation = contract.find(None, match["table"] or match["written"])
        if relation is not None and relation in contract.reshaped:
            yield Read("whole", module.path, _line(node, text, match), relation)


def _line(node: ast.expr, text: str, match: re.Match[str]) -> int:
    inside = text[: match.start()].count("\n")
    return min(node.lineno + inside, node.end_lineno or node.lineno)


def _of_call(module: Module, node: ast.Call, contract: Contract) -> Iterator[Read]:
    """Find ``.with_for_update()`` and ``.select_for_update()`` on a parent."""
    name = called_name(node)
    if name not in ("with_for_update", "select_for_update"):
        return
    words = {word.arg for word in node.keywords}
    if words & {"key_share", "no_key"} or not isinstance(node.func, ast.Attribute):
        return
    target = at_root(module, node.func.value)
    relation = target.model.relation if target is not None and target.model is not None else None
    if relation is not None and relation in contract.parents:
        yield Read("locking", module.path, node.func.end_lineno or node.lineno, relation)
