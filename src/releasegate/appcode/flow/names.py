"""A name at a place in a module -> the expressions that it may stand for there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.definitions import MAX_IMPORTS, definitions, taken_from
from releasegate.appcode.flow.frames import MAX_HOPS, Frame, argument, frame_of, left
from releasegate.appcode.flow.parameters import Origin, parameter_origin
from releasegate.appcode.flow.ways import excludes, on_way
from releasegate.appcode.source.module import Module, before, has_no_name
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.bindings import Binding

_SELF = ("self", "cls")
_SUPER = ("super().__init__", "super", "super.__init__")
MODEL_WORDS = ("model", "model_class", "_model", "model_cls")
_GENERIC = ("Generic", "Protocol", "typing.Generic", "list", "dict")


def origins(module: Module, node: ast.expr) -> tuple[Origin, ...]:
    """Find what a name or ``self.attribute`` may stand for; nothing found means unknown."""
    if isinstance(node, ast.Name):
        return _of_name(module, node)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return _of_attribute(module, node, node.value)
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
        parameter = parameter_origin(module, function, node.id)
        if local or parameter:
            same = function is module.function(node)
            reached, is_covered = _reaching(module, local, use) if same else (local, False)
            if not same and has_no_name(use):
                reached = _enclosed(module, local, use)
            own = tuple(x for kept in on_way(module, reached) for x in _bound(module, kept))
            return own if parameter is None or is_covered else (*own, parameter)
        use, function = function, module.function(function)
    in_class = module.bindings.get((module.scope(node), node.id), ())
    if in_class and not isinstance(module.scope(node), ast.Module):
        return tuple(_assigned(module, binding) for binding in in_class)
    return tuple(_assigned(*found) for found in definitions(module, node.id))


def _bound(module: Module, binding: Binding) -> tuple[Origin, ...]:
    """Follow an import that a function does for itself."""
    taken = taken_from(module, binding.imported, 0) if binding.imported else ()
    return tuple(_assigned(*item) for item in taken or ((module, binding),))


def _assigned(module: Module, binding: Binding) -> Origin:
    chosen = module.project.chosen.get(binding.node)
    if chosen is not None:
        return Origin(module, binding.node, chosen)
    return Origin(
        module,
        binding.node,
        binding.value,
        iterated=binding.iterated,
        unpacked=binding.unpacked,
    )


def _reaching(
    module: Module, bindings: tuple[Binding, ...], use: ast.AST
) -> tuple[tuple[Binding, ...], bool]:
    """Find the bindings that may hold at a use, and whether one of them surely does."""
    loop = next((a for a in module.ancestors(use) if isinstance(a, ast.For | ast.While)), None)
    candidates = [b for b in bindings if _may_reach(module, b, use, loop)]
    last = max((i for i, b in enumerate(candidates) if _covers(module, b, use)), default=None)
    chosen = _first_of_all_ways(module, candidates, use)
    if chosen is not None and (last is None or chosen > last):
        last = chosen
    return tuple(candidates[last or 0 :]), last is not None


def _enclosed(module: Module, bindings: tuple[Binding, ...], inner: ast.AST) -> tuple[Binding, ...]:
    """Leave out what was overwritten before the function that looks was made."""
    reached, _ = _reaching(module, bindings, inner)
    return tuple(item for item in bindings if item in reached or not before(item.node, inner))


def _first_of_all_ways(module: Module, candidates: list[Binding], use: ast.AST) -> int | None:
    """Find where ``if a: x = 1 else: x = 2`` begins: nothing before it reaches the use."""
    nodes = [binding.node for binding in candidates if isinstance(binding.node, ast.stmt)]
    found: int | None = None
    for index, binding in enumerate(candidates):
        for choice in module.ancestors(binding.node):
            is_choice = isinstance(choice, ast.If) and bool(choice.orelse)
            if not is_choice or not isinstance(choice, ast.If):
                continue
            if not module.dominates(choice, use) or not module.is_settled_by(choice, nodes):
                continue
            inside = [i for i, b in enumerate(candidates) if _is_inside(module, b.node, choice)]
            found = max(found or 0, min([index, *inside]))
    return found


def _may_reach(module: Module, binding: Binding, use: ast.AST, loop: ast.AST | None) -> bool:
    """Say whether a binding runs before a use, in the text or by way of a loop."""
    is_own_value = isinstance(binding.node, ast.Assign | ast.AnnAssign | ast.AugAssign)
    if is_own_value and _is_inside(module, use, binding.node):
        return False
    if _is_inside(module, binding.node, loop):
        return True
    if isinstance(module.parent(binding.node), ast.comprehension):
        return _covers(module, binding, use)
    return before(binding.node, use) and not excludes(module, binding.node, use)


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


def _of_attribute(module: Module, node: ast.Attribute, base: ast.Name) -> tuple[Origin, ...]:
    """Follow ``self.x``, ``cls.x``, ``Class.x`` and ``module.x`` of another file."""
    there = module.module_named(base)
    if there is not None:
        return tuple(_assigned(*found) for found in definitions(there, node.attr))
    if base.id in _SELF:
        return _of_self(module, node, node.attr)
    for owner in resolve(module, node.value):
        found = _in_class(owner, node.attr)
        if found:
            return found
    return ()


def _of_self(
    module: Module, node: ast.AST, attribute: str, hops: int = MAX_HOPS
) -> tuple[Origin, ...]:
    """Look an attribute up in the class that the method is called on, else in its own."""
    function = module.function(node)
    while function is not None and module.function(function) is not None:
        function = module.function(function)
    frame = frame_of(module, function) if function is not None else None
    own = module.class_of(node)
    if frame is not None and frame.receiver is not None and hops:
        with left(frame):
            found = _of_receiver(frame.module, frame.receiver, attribute, hops - 1)
        if found:
            return found
    if own is None:
        return ()
    found = _in_class((module, own), attribute) or _in_heirs(module, own, attribute)
    return tuple(_by_super(item, (module, own)) or item for item in found)


def _in_heirs(module: Module, owner: ast.ClassDef, attribute: str) -> tuple[Origin, ...]:
    """Look an attribute of a mixin up in the classes of the file that are made with it."""
    found: list[Origin] = []
    for (heir, name), _ in list(module.set_on_self.items()):
        if name != attribute or not isinstance(heir, ast.ClassDef) or heir is owner:
            continue
        if any(node is owner for _, node in ancestry((module, heir))):
            found.extend(_in_class((module, heir), attribute))
    return tuple(found)


def _of_receiver(
    module: Module, receiver: ast.expr, attribute: str, hops: int
) -> tuple[Origin, ...]:
    if written(receiver) in (*_SELF, "super", "super()"):
        return _of_self(module, receiver, attribute, hops)
    for owner in resolve(module, receiver):
        found = _in_class(owner, attribute)
        if found:
            return tuple(_by_super(item, owner) or item for item in found)
    for there, made in _constructions(module, receiver):
        for owner in resolve(there, made.func):
            found = _in_class(owner, attribute)
            if found:
                return tuple(_through(item, there, made) for item in found)
    return _of_declared(module, receiver, attribute)


def _of_declared(module: Module, receiver: ast.expr, attribute: str) -> tuple[Origin, ...]:
    """Look an attribute up in the class that the receiver is declared as."""
    from releasegate.appcode.flow.instances import instances

    for owner in instances(module, receiver):
        found = _in_class(owner, attribute)
        if found:
            return tuple(_by_super(item, owner) or item for item in found)
    return ()


def _through(origin: Origin, module: Module, made: ast.Call) -> Origin:
    """Take ``self.x = x`` of a constructor from the call that made the object."""
    function = origin.module.function(origin.node)
    if not isinstance(origin.value, ast.Name) or function is None:
        return origin
    for owner in resolve(module, made.func):
        handed = _by_super(origin, owner)
        if handed is not None:
            return handed
    value = argument(Frame(function, module, made), origin.value.id)
    return Origin(module, value, value) if value is not None else origin


def _by_super(origin: Origin, owner: Class) -> Origin | None:
    """Take ``self.x = x`` of a base's constructor from ``super().__init__(...)`` of the class."""
    function = origin.module.function(origin.node)
    if not isinstance(origin.value, ast.Name) or function is None:
        return None
    module, node = owner
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name != "__init__" or item is function:
            continue
        for call in ast.walk(item):
            is_super = isinstance(call, ast.Call) and written(call.func) in _SUPER
            if isinstance(call, ast.Call) and is_super:
                value = argument(Frame(function, module, call), origin.value.id)
                return Origin(module, value, value) if value is not None else None
    return None


def _constructions(
    module: Module, node: ast.expr, depth: int = 0
) -> Iterator[tuple[Module, ast.Call]]:
    """Find the calls that made the object which a name stands for."""
    if isinstance(node, ast.Call):
        yield module, node
        return
    for origin in origins(module, node) if depth < MAX_IMPORTS else ():
        if origin.value is not None:
            yield from _constructions(origin.module, origin.value, depth + 1)


def _in_class(owner: Class, attribute: str) -> tuple[Origin, ...]:
    """Find what a class, or one that it is made from, gives an attribute."""
    generic = _generic(owner) if attribute in MODEL_WORDS else None
    for module, node in ancestry(owner):
        constants = module.bindings.get((node, attribute), ())
        own = _set_on_self(module, node, attribute)
        if any(_is_set_first(module, origin) for origin in own):
            # What the constructor always sets hides the class's own value.
            constants = ()
        found = (*(_assigned(module, binding) for binding in constants), *own)
        # ``self.model = model`` and ``model = None`` say less than ``Store[Run]``.
        if found and not (generic and _says_less(module, found[0])):
            return found
    return (Origin(generic[0], generic[1], generic[1]),) if generic else ()


def _is_set_first(module: Module, origin: Origin) -> bool:
    """Say whether ``self.x = x`` is a statement of the constructor that always runs."""
    function = module.parent(origin.node)
    return isinstance(function, ast.FunctionDef) and function.name == "__init__"


def _says_less(module: Module, origin: Origin) -> bool:
    is_none = isinstance(origin.value, ast.Constant) and origin.value.value is None
    return is_none or module.function(origin.node) is not None


def _generic(owner: Class) -> tuple[Module, ast.expr] | None:
    """Take the model out of ``class RunStore(Store[Run])``."""
    for module, node in ancestry(owner):
        for base in node.bases:
            if isinstance(base, ast.Subscript) and written(base.value) not in _GENERIC:
                given = base.slice.elts[0] if isinstance(base.slice, ast.Tuple) else base.slice
                return module, given
    return None


def _set_on_self(module: Module, owner: ast.ClassDef, attribute: str) -> list[Origin]:
    listed = module.set_on_self.get((owner, attribute), ())
    return [Origin(module, node, value) for node, value in listed]
