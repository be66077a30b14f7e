"""A source's syntax tree -> the way up from every node, and the bindings of every name."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate.appcode.source.bindings import BINDING, Binding, bindings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.appcode.source.project import Project

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NamedFunction = ast.FunctionDef | ast.AsyncFunctionDef
NAMED_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: what a function of TypeScript with statements is called that stands as a value
ANONYMOUS = "anonymous"
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Module)


#: fields that hold no part of the program
_NO_CHILDREN = ("ctx", "op")
#: what most nodes are, and what has no part
_LEAVES = (ast.Name, ast.Constant)
#: so many files may hand another one on, each by an import
MAX_HANDED_ON = 4


class Module:
    """One parsed file of the project, in the shape of Python's syntax tree."""

    def __init__(self, path: str, text: str, tree: ast.Module, project: Project) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.tree = tree
        self.project = project
        self._parents: dict[ast.AST, tuple[ast.AST, str]] = {}
        self.nodes: list[ast.AST] = [tree]
        self.is_python = path.endswith((".py", ".pyi"))
        #: what happens to a variable between a binding and a use, worked out once
        self.steps: dict[tuple[ast.AST, ast.expr], tuple[ast.expr, ...]] = {}
        for node in self.nodes:
            if type(node) not in _LEAVES:
                self._adopt_children(node)

    def _adopt_children(self, node: ast.AST) -> None:
        parents, nodes = self._parents, self.nodes
        for field in node._fields:
            value = getattr(node, field, None)
            if type(value) is list:
                for child in value:
                    if isinstance(child, ast.AST):
                        parents[child] = (node, field)
                        nodes.append(child)
            elif isinstance(value, ast.AST) and field not in _NO_CHILDREN:
                parents[value] = (node, field)
                nodes.append(value)

    def adopt(self, made: ast.AST, place: ast.AST) -> None:
        """Let a node that stands in no file be read as if it stood at a place."""
        self._parents[made] = self._parents.get(place, (self.tree, "body"))
        ast.copy_location(made, place)

    def parent(self, node: ast.AST | None) -> ast.AST | None:
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
        current = self.parent(node)
        while current is not None and not isinstance(current, SCOPES):
            current = self.parent(current)
        return current if current is not None else self.tree

    def function(self, node: ast.AST) -> Function | None:
        current = self.parent(node)
        while current is not None and not isinstance(current, FUNCTIONS):
            current = self.parent(current)
        return current

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
        found: dict[tuple[ast.AST, str], list[Binding]] = {}
        for node in self.nodes:
            for binding in bindings_of(node) if type(node) in BINDING else ():
                found.setdefault((self.scope(node), binding.name), []).append(binding)
        return {key: tuple(sorted(items, key=_position)) for key, items in found.items()}

    @cached_property
    def loads(self) -> dict[str, tuple[ast.expr, ...]]:
        """Every reading of a name or an attribute, by its last word."""
        found: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.attr, []).append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def checks(self) -> dict[Function | None, list[ast.stmt]]:
        """Every statement that may rule something out, by function."""
        found: dict[Function | None, list[ast.stmt]] = {}
        for node in self.nodes:
            is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            if isinstance(node, ast.If | ast.Assert) or (is_call and isinstance(node, ast.Expr)):
                found.setdefault(self.function(node), []).append(node)
        return found

    @cached_property
    def given(self) -> dict[Function | None, list[ast.Return | ast.Yield]]:
        """Every return and yield, by function."""
        found: dict[Function | None, list[ast.Return | ast.Yield]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Return | ast.Yield):
                found.setdefault(self.function(node), []).append(node)
        return found

    @cached_property
    def stores(self) -> dict[Function | None, list[ast.expr]]:
        """Every place that is assigned to, by function."""
        found: dict[Function | None, list[ast.expr]] = {}
        for node in self.nodes:
            if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
                continue
            if isinstance(node.ctx, ast.Store):
                found.setdefault(self.function(node), []).append(node)
        return found

    def is_settled_by(self, choice: ast.If, nodes: Sequence[ast.AST]) -> bool:
        """Say whether every way through an ``if`` meets one of the nodes, or leaves."""
        return all(self._meets(block, nodes) for block in (choice.body, choice.orelse))

    def _meets(self, block: list[ast.stmt], nodes: Sequence[ast.AST]) -> bool:
        if block and isinstance(block[-1], ast.Raise | ast.Return | ast.Continue | ast.Break):
            return True
        for statement in block:
            if any(self.statement(node) is statement for node in nodes):
                return True
            if isinstance(statement, ast.If) and self.is_settled_by(statement, nodes):
                return True
        return False

    @cached_property
    def set_on_self(self) -> dict[tuple[ast.AST, str], list[tuple[ast.AST, ast.expr]]]:
        """Every ``self.x = value``, by class and attribute."""
        found: dict[tuple[ast.AST, str], list[tuple[ast.AST, ast.expr]]] = {}
        for node in self.nodes:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
                    continue
                owner = self.class_of(node) if target.value.id == "self" else None
                if owner is not None:
                    found.setdefault((owner, target.attr), []).append((node, node.value))
        return found

    @cached_property
    def looped(self) -> frozenset[str]:
        """Names that a loop or a comprehension gives a value."""
        listed = (binding for bindings in self.bindings.values() for binding in bindings)
        return frozenset(binding.name for binding in listed if binding.iterated is not None)

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Names that stand for another: ``from x import Run as R``, ``R = models.Run``."""
        found: dict[str, str] = {}
        for bindings in self.bindings.values():
            for binding in bindings:
                if binding.imported is not None and binding.imported[1] not in ("", binding.name):
                    found[binding.name] = binding.imported[1]
                elif isinstance(binding.value, ast.Name):
                    found[binding.name] = binding.value.id
                elif isinstance(binding.value, ast.Attribute):
                    found[binding.name] = binding.value.attr
        return found

    @cached_property
    def appended(self) -> dict[tuple[Function | None, str], list[ast.expr]]:
        """What ``.append(x)`` puts into a name, by the function that it stands in."""
        found: dict[tuple[Function | None, str], list[ast.expr]] = {}
        for node in self.nodes:
            holder = node.func if isinstance(node, ast.Call) and node.args else None
            if not isinstance(holder, ast.Attribute) or holder.attr != "append":
                continue
            if isinstance(holder.value, ast.Name) and isinstance(node, ast.Call):
                key = self.function(node), holder.value.id
                found.setdefault(key, []).append(node.args[0])
        return found

    @cached_property
    def sources(self) -> frozenset[str]:
        """The modules that the file imports from, as they are written."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
        return frozenset(found)

    def of_module(self, name: str) -> tuple[Binding, ...]:
        """Give the bindings of a name at the file's top."""
        return self.bindings.get((self.tree, name), ())

    def module_at(self, node: ast.expr) -> Module | None:
        """Find the file that ``a`` or ``a.b.c`` stands for after an import."""
        if isinstance(node, ast.Name):
            return self.module_named(node)
        rest: list[str] = []
        while isinstance(node, ast.Attribute):
            rest.insert(0, node.attr)
            node = node.value
        for binding in self._imports_of(node) if isinstance(node, ast.Name) else ():
            if binding.imported is not None:
                parts = [part for part in binding.imported if part]
                return self.project.find(self.path, ".".join([*parts, *rest]))
        return None

    def _imports_of(self, node: ast.Name) -> tuple[Binding, ...]:
        """Give the bindings of a name at the file's top, or by an import in the function around."""
        found = self.of_module(node.id)
        function = None if found else self.function(node)
        while function is not None and not found:
            found = self.bindings.get((function, node.id), ())
            function = self.function(function)
        return found

    def module_named(self, node: ast.Name) -> Module | None:
        """Find the file that a name stands for after an import."""
        for binding in self._imports_of(node):
            if binding.imported is not None:
                return self._imported(*binding.imported)
        return None

    def _imported(self, dotted: str, last: str, depth: int = 0) -> Module | None:
        full = f"{dotted}{'' if dotted.endswith('.') else '.'}{last}" if last else dotted
        found = self.project.find(self.path, full)
        if found is not None or not last or self.is_python or depth > MAX_HANDED_ON:
            return found
        there = self.project.find(self.path, dotted)
        return there._handed_on(last, depth + 1) if there is not None else None

    def _handed_on(self, name: str, depth: int) -> Module | None:
        """Find the file that ``export * as schema from "./schema"`` hands on by a name."""
        for binding in self.of_module(name):
            if binding.imported is not None:
                return self._imported(*binding.imported, depth)
        for star in self.of_module("*"):
            found = self._imported(star.imported[0], name, depth) if star.imported else None
            if found is not None:
                return found
        return None


def has_no_name(function: ast.AST) -> bool:
    """Say whether nothing can have called a function before the place where it stands."""
    return isinstance(function, ast.Lambda) or getattr(function, "name", "") == ANONYMOUS


def before(earlier: ast.AST, later: ast.AST) -> bool:
    return _place(earlier) < _place(later)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _position(binding: Binding) -> tuple[int, int]:
    return _place(binding.node)


def returned(module: Module, function: Function) -> tuple[ast.expr | None, ...]:
    """List what a function returns; None for a bare return."""
    if isinstance(function, ast.Lambda):
        return (function.body,)
    given = module.given.get(function, ())
    return tuple(node.value for node in given if isinstance(node, ast.Return))


def yielded(module: Module, function: Function) -> tuple[ast.expr, ...]:
    """List what a generator hands out."""
    given = module.given.get(function, ())
    return tuple(node.value for node in given if isinstance(node, ast.Yield) and node.value)
