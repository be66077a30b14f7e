"""An expression of TypeScript -> the Python expression that means the same to a reader."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.script import functions, templates
from releasegate.appcode.script.places import (
    at,
    call,
    child,
    children,
    constant,
    has_token,
    name,
    string,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

#: a value that the program says is never null
NOT_NULL = "not_null"
_RENAMED = {"push": "append"}
_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    ">": ast.Gt,
    "<=": ast.LtE,
    ">=": ast.GtE,
    "in": ast.In,
    "instanceof": ast.Is,
}
_ARITHMETIC: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}


def expression(node: Node) -> ast.expr:
    """Translate; an unknown kind becomes the tuple of its parts."""
    translate = _TRANSLATIONS.get(node.type)
    if translate is not None:
        return translate(node)
    return at(node, ast.Tuple([expression(item) for item in children(node)], ast.Load()))


def optional(node: Node | None) -> ast.expr | None:
    return expression(node) if node is not None else None


def target(node: Node) -> ast.expr:
    """Translate what is assigned to."""
    made = expression(node)
    if isinstance(made, ast.Name | ast.Attribute | ast.Subscript):
        made.ctx = ast.Store()
    return made


def _name(node: Node) -> ast.expr:
    word = text(node)
    return constant(node, None) if word == "undefined" else name(node, word)


def _inner(node: Node) -> ast.expr:
    """Take off brackets and types: the first part is the value."""
    parts = children(node)
    return expression(parts[0]) if parts else constant(node, None)


def _last(node: Node) -> ast.expr:
    parts = children(node)
    return expression(parts[-1]) if parts else constant(node, None)


def _number(node: Node) -> ast.expr:
    digits = text(node).replace("_", "")
    try:
        return constant(node, int(digits, 0))
    except ValueError:
        return constant(node, 1.5)


def _object(node: Node) -> ast.expr:
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for item in children(node):
        if item.type == "shorthand_property_identifier":
            keys.append(constant(item, text(item)))
            values.append(name(item, text(item)))
        elif item.type == "spread_element":
            keys.append(None)
            values.append(_inner(item))
        elif item.type == "pair":
            keys.append(key(child(item, "key") or item))
            values.append(expression(child(item, "value") or item))
        elif item.type == "method_definition":
            keys.append(key(child(item, "name") or item))
            values.append(functions.as_value(item))
    return at(node, ast.Dict(keys, values))


def key(node: Node) -> ast.expr:
    if node.type == "computed_property_name":
        return _inner(node)
    return constant(node, string(node) if node.type == "string" else text(node))


def _array(node: Node) -> ast.expr:
    return at(node, ast.List([expression(item) for item in children(node)], ast.Load()))


def _spread(node: Node) -> ast.expr:
    return at(node, ast.Starred(_inner(node), ast.Load()))


def _member(node: Node) -> ast.expr:
    owner, attribute = child(node, "object") or node, text(child(node, "property"))
    made = at(node, ast.Attribute(expression(owner), attribute.lstrip("#"), ast.Load()))
    return _marked(node, made)


def _marked(node: Node, made: ast.expr) -> ast.expr:
    """Keep it in mind where ``?.`` may have given undefined."""
    if child(node, "optional_chain") is not None or has_token(node, "?."):
        made.is_optional = True  # type: ignore[attr-defined]
    return made


def _subscript(node: Node) -> ast.expr:
    owner, index = child(node, "object") or node, child(node, "index") or node
    made = ast.Subscript(expression(owner), expression(index), ast.Load())
    return _marked(node, at(node, made))


def _call(node: Node) -> ast.expr:
    function = child(node, "function", "constructor")
    given = child(node, "arguments")
    if function is not None and function.type == "await_expression" and node.type != "new":
        # The grammar reads ``await f<T>(x)`` as ``(await f)<T>(x)``.
        function = children(function)[0]
    called = _method(function) or optional(function) or name(node, "unknown")
    if given is not None and given.type == "template_string":
        return templates.tagged(node, called, given)
    arguments = [expression(item) for item in children(given)]
    if isinstance(called, ast.Attribute):
        called.attr = _RENAMED.get(called.attr, called.attr)
        if called.attr == "assign" and getattr(called.value, "id", None) == "Object":
            return at(node, ast.Dict([None] * len(arguments), arguments))
    made = at(node, ast.Call(called, arguments, []))
    made.is_new = node.type == "new_expression"  # type: ignore[attr-defined]
    return _marked(node, made)


def _method(node: Node | None) -> ast.expr | None:
    """Translate ``db["from"]("runs")`` as the call of a method that it is."""
    index = (
        child(node, "index") if node is not None and node.type == "subscript_expression" else None
    )
    if node is None or index is None or index.type != "string" or not string(index).isidentifier():
        return None
    owner = expression(child(node, "object") or node)
    return _marked(node, at(node, ast.Attribute(owner, string(index), ast.Load())))


def _await(node: Node) -> ast.expr:
    return at(node, ast.Await(_inner(node)))


def _unary(node: Node) -> ast.expr:
    operator, value = text(child(node, "operator")), optional(child(node, "argument"))
    if value is None or (operator == "void" and isinstance(value, ast.Constant)):
        return constant(node, None)
    if operator == "void":
        return value
    if operator == "!":
        return at(node, ast.UnaryOp(ast.Not(), value))
    if operator == "-":
        return at(node, ast.UnaryOp(ast.USub(), value))
    return call(node, operator.strip() or "unary", value)


def _binary(node: Node) -> ast.expr:
    operator = text(child(node, "operator"))
    left = expression(child(node, "left") or node.children[0])
    right = expression(child(node, "right") or node.children[-1])
    if operator in ("??", "||", "&&"):
        kind = ast.And() if operator == "&&" else ast.Or()
        return at(node, ast.BoolOp(kind, [left, right]))
    if operator in ("==", "===", "!=", "!=="):
        if len(operator) == 3 and text(child(node, "right")) == "undefined":
            right.is_undefined = True  # type: ignore[attr-defined]
        return at(node, ast.Compare(left, [_equality(operator, right)], [right]))
    if operator in _COMPARISONS:
        return at(node, ast.Compare(left, [_COMPARISONS[operator]()], [right]))
    return at(node, ast.BinOp(left, _ARITHMETIC.get(operator, ast.Mult)(), right))


def _equality(operator: str, right: ast.expr) -> ast.cmpop:
    is_none = isinstance(right, ast.Constant) and right.value is None
    if operator.startswith("!"):
        return ast.IsNot() if is_none else ast.NotEq()
    return ast.Is() if is_none else ast.Eq()


def _ternary(node: Node) -> ast.expr:
    parts = [optional(child(node, field)) for field in ("condition", "consequence", "alternative")]
    test, body, orelse = (part or constant(node, None) for part in parts)
    return at(node, ast.IfExp(test, body, orelse))


def _assignment(node: Node) -> ast.expr:
    left, right = child(node, "left"), child(node, "right")
    if left is not None and right is not None and left.type == "identifier":
        stored = name(left, text(left), ast.Store())
        return at(node, ast.NamedExpr(stored, expression(right)))
    return at(node, ast.Tuple([expression(item) for item in children(node)], ast.Load()))


def _sure(node: Node) -> ast.expr:
    return call(node, NOT_NULL, _inner(node))


_TRANSLATIONS: dict[str, Callable[[Node], ast.expr]] = {
    "identifier": _name,
    "property_identifier": _name,
    "shorthand_property_identifier": _name,
    "type_identifier": _name,
    "undefined": lambda node: constant(node, None),
    "null": lambda node: constant(node, None),
    "true": lambda node: constant(node, True),
    "false": lambda node: constant(node, False),
    "this": lambda node: name(node, "self"),
    "super": lambda node: name(node, "super"),
    "string": lambda node: constant(node, string(node)),
    "template_string": lambda node: templates.template(node),
    "number": _number,
    "object": _object,
    "array": _array,
    "spread_element": _spread,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _call,
    "await_expression": _await,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "assignment_expression": _assignment,
    "parenthesized_expression": _inner,
    "as_expression": _inner,
    "satisfies_expression": _inner,
    "type_assertion": _last,
    "non_null_expression": _sure,
    "sequence_expression": _last,
    "arrow_function": lambda node: functions.as_value(node),
    "function_expression": lambda node: functions.as_value(node),
    "generator_function": lambda node: functions.as_value(node),
    "class": lambda node: functions.class_value(node),
}
