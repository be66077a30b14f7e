"""A name at a place in a module -> the expressions that it may stand for there."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from releasegate.appcode.module import Binding, Function, Module, before


@dataclass(frozen=True, slots=True)
class Origin:
    """One thing that a name may stand for."""

    module: Module
    #: where it gets its value
    node: ast.AST
    #: None where the value cannot be written down
    value: ast.expr | None = None
    #: it is this parameter, with the function's default for it
    parameter: ast.arg | None = None
    default: ast.expr | None = None


def origins(module: Module, node: ast.expr) -> tuple[Origin, ...]:
    """Find what a name or ``self.attribute`` may stand for; nothing found means unknown."""
    if isinstance(node, ast.Name):
        return _of_name(module, node)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return _of_attribute(module, node, node.value.id)
    return ()


def single_value(module: Module, node: ast.expr) -> tuple[Module, ast.expr] | None:
    """Find the one expression that a name stands for."""
    found = origins(module, node)
    if len(found) == 1 and found[0].value is not None:
        return found[0].module, found[0].value
    return None


def _of_name(module: Module, node: ast.Name) -> tuple[Origin, ...]:
    function = module.function(node)
    use: ast.AST = node
    while function is not None:
        local = module.bindings.get((function, node.id), ())
        parameter = _parameter(module, function, node.id)
        if local or parameter:
            same = function is module.function(node)
            reached, is_covered = _reaching(module, local, use) if same else (local, False)
            own = tuple(_assigned(module, binding) for binding in reached)
            return own if parameter is None or is_covered else (*own, parameter)
        use, function = function, module.function(function)
    in_class = module.bindings.get((module.scope(node), node.id), ())
    bindings = in_class or module.bindings.get((module.tree, node.id), ())
    return tuple(origin for binding in bindings for origin in _global(module, binding))


def _global(module: Module, binding: Binding) -> tuple[Origin, ...]:
    there = module.imported(binding)
    if there is None:
        return (_assigned(module, binding),)
    return tuple(_assigned(there[0], item) for item in there[1])


def _assigned(module: Module, binding: Binding) -> Origin:
    return Origin(module, binding.node, binding.value)


def _parameter(module: Module, function: Function, name: str) -> Origin | None:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    padding = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*padding, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for parameter, default in pairs:
        if parameter.arg == name:
            return Origin(module, parameter, None, parameter, default)
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None and rest.arg == name:
            return Origin(module, rest)
    return None


def _reaching(
    module: Module, bindings: tuple[Binding, ...], use: ast.AST
) -> tuple[tuple[Binding, ...], bool]:
    """Find the bindings that may hold at a use, and whether one of them surely does."""
    loop = next((a for a in module.ancestors(use) if isinstance(a, ast.For | ast.While)), None)
    candidates = [b for b in bindings if before(b.node, use) or _is_inside(module, b.node, loop)]
    last = max((i for i, b in enumerate(candidates) if _covers(module, b, use)), default=None)
    return tuple(candidates[last or 0 :]), last is not None


def _covers(module: Module, binding: Binding, use: ast.AST) -> bool:
    if isinstance(binding.node, ast.For | ast.AsyncFor):
        return _is_inside(module, use, binding.node)
    if isinstance(module.parent(binding.node), ast.comprehension):
        around = module.parent(module.parent(binding.node) or binding.node)
        return _is_inside(module, use, around)
    if isinstance(binding.node, ast.AugAssign | ast.NamedExpr):
        return False
    if isinstance(module.parent(binding.node), ast.withitem):
        return before(binding.node, use)
    return module.dominates(binding.node, use)


def _is_inside(module: Module, node: ast.AST, outer: ast.AST | None) -> bool:
    return outer is not None and any(item is outer for item in module.ancestors(node))


def _of_attribute(module: Module, node: ast.Attribute, base: str) -> tuple[Origin, ...]:
    """Follow ``self.x``, ``cls.x``, ``Class.x`` of this file and ``module.x`` of another."""
    there = module.module_named(base)
    if there is not None:
        found = there.bindings.get((there.tree, node.attr), ())
        return tuple(_assigned(there, binding) for binding in found)
    owner = module.class_of(node) if base in ("self", "cls") else _class(module, base)
    if owner is None:
        return ()
    constants = module.bindings.get((owner, node.attr), ())
    return (
        *(_assigned(module, binding) for binding in constants),
        *(origin for origin in _set_on_self(module, owner, node.attr)),
    )


def _class(module: Module, name: str) -> ast.ClassDef | None:
    for binding in module.bindings.get((module.tree, name), ()):
        if isinstance(binding.node, ast.ClassDef):
            return binding.node
    return None


def _set_on_self(module: Module, owner: ast.ClassDef, attribute: str) -> list[Origin]:
    found: list[Origin] = []
    for node in ast.walk(owner):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if any(_is_self(target, attribute) for target in targets):
            found.append(Origin(module, node, value))
    return found


def _is_self(target: ast.expr, attribute: str) -> bool:
    if not isinstance(target, ast.Attribute) or target.attr != attribute:
        return False
    return isinstance(target.value, ast.Name) and target.value.id == "self"


def declared_class(module: Module, parameter: ast.arg) -> tuple[Module, ast.ClassDef] | None:
    """Find the class that a parameter is annotated with, in this file or an imported one."""
    annotation = parameter.annotation
    if not isinstance(annotation, ast.Name):
        return None
    for binding in module.bindings.get((module.tree, annotation.id), ()):
        if isinstance(binding.node, ast.ClassDef):
            return module, binding.node
        there = module.imported(binding)
        for item in there[1] if there else ():
            if there is not None and isinstance(item.node, ast.ClassDef):
                return there[0], item.node
    return None
