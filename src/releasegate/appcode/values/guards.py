"""A Python expression at its place -> whether a check before it rules None out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import single_value
from releasegate.appcode.source.module import FUNCTIONS, Module, before
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

#: what runs only some of what stands in it, or runs it later
_MAYBE = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp)
_LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)
#: calls that do not come back
_ENDING = {
    *("abort", "exit", "fail", "notFound", "redirect", "skip", "die", "panic", "invariant"),
    *("process.exit", "sys.exit", "os._exit", "pytest.skip", "assertNever", "permanentRedirect"),
}
#: calls that go on only where their first argument is there
_ASSERTING = {"assert", "invariant", "assert_", "ensure", "check_not_none", "assertExists"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expression as it is written, which is to be more than None, or than undefined."""

    text: str
    strictly: bool = False


def is_checked(module: Module, node: ast.expr, *, strictly: bool = False) -> bool:
    """Say whether None has left, or cannot have come here: guards and enclosing conditions.

    ``strictly``: JavaScript's ``!== undefined``, which lets null through, counts for nothing.
    """
    wanted = Wanted(written(node), strictly)
    for child in module.ancestors(node):
        parent = module.parent(child)
        if isinstance(parent, ast.If | ast.IfExp | ast.While):
            field = module.field(child)
            if field == "body" and _implies(parent.test, wanted, is_true=True):
                return not _is_rebound(module, parent, node)
            if field == "orelse" and _implies(parent.test, wanted, is_true=False):
                return not _is_rebound(module, parent, node)
        if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.And):
            earlier = parent.values[: parent.values.index(child)]  # type: ignore[arg-type]
            if any(_implies(item, wanted, is_true=True) for item in earlier):
                return True
        if not module.is_python and _is_sifted(module, child, wanted):
            return True
        if isinstance(parent, ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp):
            tests = [test for loop in parent.generators for test in loop.ifs]
            if child not in parent.generators and any(
                _implies(test, wanted, is_true=True) for test in tests
            ):
                return True
    return any(
        _guards(guard, wanted) and not _is_rebound(module, guard, node)
        for guard in _earlier(module, node)
    ) or _is_used(module, node)


def _is_sifted(module: Module, place: ast.AST, wanted: Wanted) -> bool:
    """Say whether ``rows.filter((row) => row.id)`` let through what a function or loop takes."""
    if isinstance(place, ast.For):
        named, base = written(place.target), place.iter
    elif isinstance(place, FUNCTIONS) and place.args.args:
        call = module.parent(place)
        function = call.func if isinstance(call, ast.Call) else None
        if not isinstance(function, ast.Attribute):
            return False
        named, base = place.args.args[0].arg, function.value
    else:
        return False
    if wanted.text.split(".")[0] != named:
        return False
    rest = wanted.text.removeprefix(named)
    return any(
        _implies(sieve.body, Wanted(sieve.args.args[0].arg + rest, wanted.strictly), is_true=True)
        for sieve in _sieves(module, base)
    )


def _sieves(module: Module, node: ast.expr) -> Iterator[ast.Lambda]:
    """List the functions by which ``filter`` chose the items of a list."""
    origin = single_value(module, node) if isinstance(node, ast.Name) else None
    current = origin[1] if origin is not None and origin[0] is module else node
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        sieve = current.args[0] if current.args else None
        is_filter = current.func.attr == "filter" and isinstance(sieve, ast.Lambda)
        if is_filter and isinstance(sieve, ast.Lambda) and sieve.args.args:
            yield sieve
        current = current.func.value


def _is_used(module: Module, node: ast.expr) -> bool:
    """Say whether ``task.title`` is read for sure: with ``task`` None, nothing would be sent."""
    if not module.is_python or not isinstance(node, ast.Name):
        return False
    own, function = module.statement(node), module.function(node)
    for load in module.loads.get(node.id, ()):
        part = module.parent(load)
        if not isinstance(part, ast.Attribute) or module.function(load) is not function:
            continue
        place = module.statement(load)
        is_sure = place is own or module.dominates(load, node)
        if any(
            written(store) == node.id and module.statement(store) is place
            for store in module.stores.get(function, ())
        ):
            # ``person = person.manager`` says nothing of the new one.
            continue
        if is_sure and not _may_be_left_out(module, load, place):
            return not _is_rebound(module, place, node) or place is own
    return False


def _may_be_left_out(module: Module, node: ast.AST, statement: ast.AST) -> bool:
    """Say whether a part of a statement may not be evaluated, or stands in a block of it."""
    for item in module.ancestors(node):
        if item is statement:
            break
        if isinstance(item, _MAYBE) or isinstance(module.parent(item), ast.ExceptHandler):
            return True
    is_plain = not isinstance(statement, ast.If | ast.While | ast.For | ast.AsyncFor | ast.Try)
    return not is_plain


def filled_in(module: Module, node: ast.expr) -> ast.expr | None:
    """Find ``value`` of ``if x is None: x = value``, or ``if x: ... else: x = value``, before."""
    wanted = Wanted(written(node))
    for guard in _earlier(module, node):
        for last in reversed(_ways_without(guard, wanted)):
            if isinstance(last, ast.Assign) and written(last.targets[0]) == wanted.text:
                return None if _is_rebound(module, last.value, node) else last.value
    return None


def _ways_without(guard: ast.AST, wanted: Wanted) -> list[ast.stmt]:
    """Give what runs only where the wanted one is missing, and may fill it in."""
    if not isinstance(guard, ast.If):
        return []
    if _implies(guard.test, wanted, is_true=False):
        return guard.body
    stores = (item for part in guard.body for item in ast.walk(part))
    set_again = (item for item in stores if isinstance(getattr(item, "ctx", None), ast.Store))
    is_kept = not any(written(item) == wanted.text for item in set_again)
    return guard.orelse if is_kept and _implies(guard.test, wanted, is_true=True) else []


def _earlier(module: Module, node: ast.expr) -> Iterator[ast.AST]:
    """Yield what surely ran before a place, in its function and those around it."""
    function = module.function(node)
    while True:
        for item in module.checks.get(function, ()):
            if module.dominates(item, node):
                yield item
        if function is None:
            return
        function = module.function(function)


def _guards(guard: ast.AST, wanted: Wanted) -> bool:
    if isinstance(guard, ast.Assert):
        return _implies(guard.test, wanted, is_true=True)
    if isinstance(guard, ast.Expr):
        call = guard.value
        if not isinstance(call, ast.Call) or _called(call) not in _ASSERTING or not call.args:
            return False
        return _implies(call.args[0], wanted, is_true=True)
    leaves = isinstance(guard, ast.If) and _leaves(guard.body[-1])
    return leaves and isinstance(guard, ast.If) and _implies(guard.test, wanted, is_true=False)


def _leaves(last: ast.stmt) -> bool:
    if isinstance(last, _LEAVING):
        return True
    value = last.value if isinstance(last, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    if isinstance(last, ast.If) and last.orelse:
        return _leaves(last.body[-1]) and _leaves(last.orelse[-1])
    return isinstance(value, ast.Call) and _called(value) in _ENDING


def _called(call: ast.Call) -> str:
    name = written(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else ""
    return name if name in _ENDING | _ASSERTING else name.rsplit(".", 1)[-1]


def _implies(test: ast.expr, wanted: Wanted, *, is_true: bool) -> bool:
    """Say whether a condition's outcome means that ``wanted`` is not None."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _implies(test.operand, wanted, is_true=not is_true)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == is_true:
        return any(_implies(part, wanted, is_true=is_true) for part in test.values)
    if isinstance(test, ast.NamedExpr):
        return is_true and written(test.target) == wanted.text
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, wanted, is_true=is_true)
    if isinstance(test, ast.Call):
        return is_true and _accepted(test, wanted)
    return is_true and _reaches(test, wanted)


def _reaches(test: ast.expr, wanted: Wanted) -> bool:
    """Say whether a true value means the wanted one is there: it is it, or a part of it."""
    text = written(test)
    parts = (f"{wanted.text}.", f"{wanted.text}[")
    return text == wanted.text or (text.startswith(parts) and "(" not in text)


def _compared(test: ast.Compare, wanted: Wanted, *, is_true: bool) -> bool:
    operand, other = test.left, test.comparators[0]
    operand = operand.target if isinstance(operand, ast.NamedExpr) else operand
    operator = test.ops[0]
    if isinstance(other, ast.Constant) and other.value is None:
        if wanted.strictly and getattr(other, "is_undefined", False):
            return False
        wants = (ast.IsNot, ast.NotEq) if is_true else (ast.Is, ast.Eq)
        return isinstance(operator, wants) and written(operand) == wanted.text
    if isinstance(operand, ast.Constant) and isinstance(operator, ast.In | ast.NotIn):
        if operand.value is None:
            listed = other.elts if isinstance(other, ast.List | ast.Tuple) else []
            is_in = isinstance(operator, ast.In)
            return is_in != is_true and wanted.text in map(written, listed)
        is_in = isinstance(operator, ast.In) == is_true
        return is_in and wanted.text == f"{written(other)}[{operand.value!r}]"
    is_equal = isinstance(operator, ast.Eq) == is_true and isinstance(operator, ast.Eq | ast.NotEq)
    if isinstance(operand, ast.Call) and _called(operand) == "typeof":
        is_meant = [written(item) for item in operand.args] == [wanted.text]
        return is_meant and _is_of_kind(other, wanted, is_equal=is_equal)
    return is_equal and isinstance(other, ast.Constant) and written(operand) == wanted.text


def _is_of_kind(kind: ast.expr, wanted: Wanted, *, is_equal: bool) -> bool:
    """Read ``typeof x === "string"``; ``typeof null`` is "object"."""
    word = kind.value if isinstance(kind, ast.Constant) else "object"
    if word == "undefined":
        return not is_equal and not wanted.strictly
    return is_equal and word != "object"


def _accepted(test: ast.Call, wanted: Wanted) -> bool:
    """Read ``all([a, b])`` and ``isinstance(a, str)``."""
    first = test.args[0] if test.args else None
    if _called(test) == "all" and isinstance(first, ast.List | ast.Tuple):
        return wanted.text in map(written, first.elts)
    is_typed = _called(test) in ("isinstance", "Boolean", "bool", "is_valid_uuid", "isUUID")
    if is_typed and first is not None and written(first) == wanted.text:
        return True
    return written(test) == wanted.text


def _is_rebound(module: Module, guard: ast.AST, use: ast.expr) -> bool:
    name = written(use)
    base = name.split(".")[0].split("[")[0]
    test = getattr(guard, "test", None)
    return any(
        before(guard, node)
        and before(node, use)
        and written(node) in (name, base)
        and not any(item is test for item in module.ancestors(node))
        for node in module.stores.get(module.function(use), ())
    )
