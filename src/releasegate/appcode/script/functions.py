"""A function or class of TypeScript -> Python's, its parameters taken apart at the top."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from releasegate.appcode.script import expressions, statements, types
from releasegate.appcode.script.places import (
    at,
    call,
    child,
    children,
    constant,
    has_token,
    name,
    text,
)
from releasegate.appcode.source.module import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


@dataclass
class _Parameters:
    args: list[ast.arg] = field(default_factory=list)
    defaults: list[ast.expr | None] = field(default_factory=list)
    vararg: ast.arg | None = None
    #: what takes a pattern apart, to stand at the top of the body
    opening: list[ast.stmt] = field(default_factory=list)

    def whole(self) -> ast.arguments:
        first = next((i for i, item in enumerate(self.defaults) if item is not None), None)
        rest = self.defaults[first:] if first is not None else []
        unset = ast.Constant(..., lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        given = [item or unset for item in rest]
        return ast.arguments([], self.args, self.vararg, [], [], None, given)


def as_value(node: Node) -> ast.expr:
    """Translate a function that is a value: a lambda where it is one expression."""
    body = child(node, "body")
    parameters = _parameters(node)
    if body is not None and body.type != "statement_block" and not parameters.opening:
        return at(node, ast.Lambda(parameters.whole(), expressions.expression(body)))
    # A function with statements cannot stand in a Python expression; our readers do not mind.
    return definition(node, ANONYMOUS, parameters=parameters)  # type: ignore[return-value]


def definition(
    node: Node, word: str | None = None, *, parameters: _Parameters | None = None
) -> ast.FunctionDef:
    """Translate a function; a method gets ``self`` for its first parameter."""
    known = parameters or _parameters(node)
    body = child(node, "body")
    called = word or text(child(node, "name")) or ANONYMOUS
    returned = child(node, "return_type")
    made = ast.FunctionDef(
        "__init__" if called == "constructor" else called,
        known.whole(),
        [*known.opening, *_body(body)] or [at(node, ast.Pass())],
        [],
        types.annotation(returned) if returned is not None else None,
    )
    return at(node, made)


def _body(node: Node | None) -> list[ast.stmt]:
    if node is None:
        return []
    if node.type == "statement_block":
        return statements.block(node)
    return [at(node, ast.Return(expressions.expression(node)))]


def _parameters(node: Node) -> _Parameters:
    found = _Parameters()
    if node.type == "method_definition":
        found.args.append(at(node, ast.arg("self")))
        found.defaults.append(None)
    listed = child(node, "parameters", "parameter")
    single = listed is not None and listed.type != "formal_parameters"
    for item in [listed] if single and listed is not None else children(listed):
        if item.type != "decorator":
            _parameter(item, found)
    return found


def _parameter(node: Node, found: _Parameters) -> None:
    pattern = child(node, "pattern", "left") or node
    default = child(node, "value", "right")
    declared = child(node, "type")
    if pattern.type == "rest_pattern":
        found.vararg = at(node, ast.arg(text(children(pattern)[0])))
        return
    is_name = pattern.type in ("identifier", "this")
    word = text(pattern) if is_name else f"_at_{node.start_point.row}_{node.start_point.column}"
    made = ast.arg(word, types.annotation(declared) if declared is not None else None)
    found.args.append(at(node, made))
    value = expressions.optional(default)
    if value is None and (node.type == "optional_parameter" or has_token(node, "?")):
        value = constant(node, None)
    found.defaults.append(value)
    if not is_name:
        found.opening += unpacked(pattern, name(pattern, word))
    if has_token(node, "accessibility_modifier") or has_token(node, "readonly"):
        kept = ast.Attribute(name(node, "self"), word, ast.Store())
        found.opening.append(at(node, ast.Assign([at(node, kept)], name(node, word))))


def unpacked(pattern: Node, source: ast.Name) -> list[ast.stmt]:
    """Write ``{ a, b: c = 1, ...rest } = source`` as one assignment for each name."""
    if pattern.type == "object_pattern":
        made = list(_of_object(pattern, source))
    elif pattern.type == "array_pattern":
        made = list(_of_array(pattern, source))
    else:
        made = []
    return made


def _of_object(pattern: Node, source: ast.Name) -> Iterator[ast.stmt]:
    taken: list[ast.expr] = []
    for item in children(pattern):
        if item.type == "rest_pattern":
            rest = call(item, "omit", name(item, source.id), at(item, ast.List(taken, ast.Load())))
            yield _bound(item, text(children(item)[0]), rest)
            continue
        default = child(item, "right") if item.type == "object_assignment_pattern" else None
        key = child(item, "key", "left") or item
        inner = child(item, "value") if item.type == "pair_pattern" else key
        taken.append(expressions.key(key))
        yield from _part(item, text(key).strip("'\""), inner or key, source, default)


def _part(
    item: Node, key: str, inner: Node, source: ast.Name, default: Node | None
) -> Iterator[ast.stmt]:
    if inner.type == "assignment_pattern":
        default, inner = child(inner, "right"), child(inner, "left") or inner
    value: ast.expr = at(item, ast.Attribute(name(item, source.id), key, ast.Load()))
    if default is not None:
        value = at(item, ast.BoolOp(ast.Or(), [value, expressions.expression(default)]))
        value.is_default = True  # type: ignore[attr-defined]
    if inner.type in ("object_pattern", "array_pattern"):
        word = f"{source.id}_{key}"
        yield _bound(item, word, value)
        yield from unpacked(inner, name(inner, word))
        return
    yield _bound(item, text(inner), value)


def _of_array(pattern: Node, source: ast.Name) -> Iterator[ast.stmt]:
    for item in children(pattern):
        # ``[, second]`` has a comma for what it passes over.
        before = pattern.children[: pattern.children.index(item)]
        index = sum(part.type == "," for part in before)
        value = at(item, ast.Subscript(name(item, source.id), constant(item, index), ast.Load()))
        if item.type == "identifier":
            yield _bound(item, text(item), value)
        elif item.type == "object_pattern":
            word = f"{source.id}_{index}"
            yield _bound(item, word, value)
            yield from unpacked(item, name(item, word))


def _bound(node: Node, word: str, value: ast.expr) -> ast.stmt:
    return at(node, ast.Assign([name(node, word, ast.Store())], value))


def class_value(node: Node) -> ast.expr:
    return class_definition(node)  # type: ignore[return-value]


def class_definition(node: Node) -> ast.ClassDef:
    """Translate a class: fields, methods, decorators and what it extends."""
    heritage = [item for item in children(node) if item.type == "class_heritage"]
    bases = [expressions.expression(part) for item in heritage for part in _extended(item)]
    decorators = [item for item in children(node) if item.type == "decorator"]
    made = ast.ClassDef(
        text(child(node, "name")) or ANONYMOUS,
        bases,
        [],
        list(_members(child(node, "body"))) or [at(node, ast.Pass())],
        [expressions.expression(children(item)[0]) for item in decorators if children(item)],
    )
    given = (child(part, "type_arguments") for item in heritage for part in children(item))
    made.base_types = [  # type: ignore[attr-defined]
        types.annotation(part) for listed in given for part in children(listed)
    ]
    return at(node, made)


def _extended(heritage: Node) -> list[Node]:
    clauses = [item for item in children(heritage) if item.type == "extends_clause"]
    listed = [child(item, "value") for item in clauses]
    return [item for item in listed if item is not None] or (
        [] if clauses or heritage.type != "class_heritage" else children(heritage)[:1]
    )


def _members(body: Node | None) -> Iterator[ast.stmt]:
    waiting: list[ast.expr] = []
    for item in children(body):
        if item.type == "decorator":
            waiting += [expressions.expression(part) for part in children(item)[:1]]
        elif item.type == "method_definition":
            made = definition(item)
            made.decorator_list = waiting
            waiting = []
            if has_token(item, "get"):
                # What reads it takes it for a field.
                made.annotation = made.returns  # type: ignore[attr-defined]
            yield made
        elif item.type in ("public_field_definition", "field_definition"):
            yield _field(item, waiting)
            waiting = []


def _field(node: Node, decorators: list[ast.expr]) -> ast.stmt:
    word, declared = text(child(node, "name", "property")), child(node, "type")
    value = child(node, "value")
    if value is not None and value.type in ("arrow_function", "function_expression"):
        made = definition(value, word)
        made.args.args.insert(0, at(node, ast.arg("self")))
        return made
    annotation = types.annotation(declared) if declared else name(node, "unknown")
    own = [item for item in children(node) if item.type == "decorator"]
    listed = [expressions.expression(children(item)[0]) for item in own if children(item)]
    given = expressions.optional(value)
    if given is None and has_token(node, "?"):
        given = constant(node, None)
    field_node = ast.AnnAssign(name(node, word.lstrip("#"), ast.Store()), annotation, given, 1)
    field_node.decorators = [*decorators, *listed]  # type: ignore[attr-defined]
    return at(node, field_node)
