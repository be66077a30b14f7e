"""A Python source -> its syntax tree, with the way up and the bindings of every name."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_NAMED = (
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Module)


@dataclass(frozen=True, slots=True)
class Binding:
    """A place that gives a name its value."""

    name: str
    node: ast.AST
    #: None where the value cannot be written down: a loop's target, an unpacked tuple
    value: ast.expr | None = None
    #: where ``from module import name`` takes it: (dotted module, name)
    imported: tuple[str, str] | None = None


class Module:
    """One parsed file. ``find`` gives another module of the same app by its dotted name."""

    def __init__(self, path: str, text: str, find: Callable[[str, str], Module | None]) -> None:
        self.path = path
        self.lines = text.splitlines()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.tree = ast.parse(text)
        self._find = find
        self._parents: dict[ast.AST, tuple[ast.AST, str]] = {}
        for node in ast.walk(self.tree):
            for field, value in ast.iter_fields(node):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self._parents[child] = (node, field)

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents[node][0] if node in self._parents else None

    def field(self, node: ast.AST) -> str:
        """Name the parent's field that holds a node."""
        return self._parents[node][1] if node in self._parents else ""

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the way up, the node itself first."""
        current: ast.AST | None = node
        while current is not None:
            yield current
            current = self.parent(current)

    def scope(self, node: ast.AST) -> ast.AST:
        """Find the function, class or module that a node stands in."""
        return next(item for item in list(self.ancestors(node))[1:] if isinstance(item, SCOPES))

    def function(self, node: ast.AST) -> Function | None:
        above = list(self.ancestors(node))[1:]
        return next((item for item in above if isinstance(item, FUNCTIONS)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        return next((item for item in self.ancestors(node) if isinstance(item, ast.ClassDef)), None)

    def dominates(self, earlier: ast.AST, later: ast.AST) -> bool:
        """Say whether ``earlier`` stands before ``later`` in the same block or one around it."""
        blocks = {self._parents[item] for item in self.ancestors(later) if item in self._parents}
        statement = self.statement(earlier)
        inside = statement in self.ancestors(later)
        return not inside and self._parents.get(statement) in blocks and before(earlier, later)

    def statement(self, node: ast.AST) -> ast.AST:
        return next((item for item in self.ancestors(node) if isinstance(item, ast.stmt)), node)

    @cached_property
    def bindings(self) -> dict[tuple[ast.AST, str], tuple[Binding, ...]]:
        """Every binding by scope and name, in the order of the text."""
        found: dict[tuple[ast.AST, str], tuple[Binding, ...]] = {}
        for node in ast.walk(self.tree):
            for binding in _bindings(node):
                key = (self.scope(node), binding.name)
                found[key] = (*found.get(key, ()), binding)
        return {key: tuple(sorted(items, key=_position)) for key, items in found.items()}

    @cached_property
    def loads(self) -> dict[str, tuple[ast.expr, ...]]:
        """Every reading of a name or an attribute, by its last word."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.attr, []).append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    def imported(self, binding: Binding) -> tuple[Module, tuple[Binding, ...]] | None:
        """Follow an import to the module-level bindings of another file of the app."""
        if binding.imported is None:
            return None
        module = self._find(self.path, binding.imported[0])
        if module is None or module is self:
            return None
        return module, module.bindings.get((module.tree, binding.imported[1]), ())

    def module_named(self, name: str) -> Module | None:
        """Find the file that a module-level name stands for after an import."""
        for binding in self.bindings.get((self.tree, name), ()):
            if binding.imported is not None:
                dotted, last = binding.imported
                full = f"{dotted}{'' if dotted.endswith('.') else '.'}{last}" if last else dotted
                return self._find(self.path, full)
        return None


def before(earlier: ast.AST, later: ast.AST) -> bool:
    return _place(earlier) < _place(later)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _position(binding: Binding) -> tuple[int, int]:
    return _place(binding.node)


def _bindings(node: ast.AST) -> Iterator[Binding]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(node, target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _targets(node, node.target, node.value)
    elif isinstance(node, ast.AugAssign | ast.For | ast.AsyncFor | ast.comprehension):
        yield from _targets(node if hasattr(node, "lineno") else node.target, node.target, None)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _targets(node.optional_vars, node.optional_vars, None)
    elif isinstance(node, _NAMED) and node.name:
        yield Binding(node.name, node)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(node)


def _targets(node: ast.AST, target: ast.expr, value: ast.expr | None) -> Iterator[Binding]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, node, value)
    elif isinstance(target, ast.Starred):
        yield from _targets(node, target.value, None)
    elif isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        parts = value.elts if same and isinstance(value, ast.Tuple | ast.List) else None
        for index, item in enumerate(target.elts):
            yield from _targets(node, item, parts[index] if parts else None)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Binding]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.split(".")[0]
            yield Binding(name, node, imported=(alias.name if alias.asname else name, ""))
        else:
            dotted = "." * node.level + (node.module or "")
            yield Binding(alias.asname or alias.name, node, imported=(dotted, alias.name))
