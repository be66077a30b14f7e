"""A statement of TypeScript -> Python statements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.script import expressions, functions, imports, types
from releasegate.appcode.script.places import at, child, children, constant, name, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


#: calls whose type argument is the type of what they return
_DECLARING = {"defineProps", "reactive", "ref", "useLoaderData", "getValidatedBody"}


def block(node: Node) -> list[ast.stmt]:
    """Translate every statement of a block, never to an empty one."""
    made = [item for part in children(node) for item in statement(part)]
    return made or [at(node, ast.Pass())]


def statement(node: Node) -> list[ast.stmt]:
    translate = _TRANSLATIONS.get(node.type)
    if translate is not None:
        return translate(node)
    return [at(node, ast.Expr(expressions.expression(node)))]


def _inner(node: Node | None) -> list[ast.stmt]:
    if node is None:
        return []
    return block(node) if node.type == "statement_block" else statement(node)


def _expression(node: Node) -> list[ast.stmt]:
    parts = children(node)
    return _ran(node, parts[0] if parts else node)


def _ran(node: Node, inner: Node) -> list[ast.stmt]:
    """Translate an expression that stands for itself; ``a(), b()`` are two."""
    while inner.type == "parenthesized_expression" and children(inner):
        inner = children(inner)[0]
    if inner.type == "sequence_expression":
        return [made for part in children(inner) for made in _ran(part, part)]
    if inner.type == "assignment_expression":
        return _assigned(inner)
    if inner.type == "augmented_assignment_expression":
        return _augmented(inner)
    if inner.type == "unary_expression" and text(child(inner, "operator")) == "delete":
        gone = expressions.target(child(inner, "argument") or inner)
        if isinstance(gone, ast.Attribute | ast.Subscript):
            gone.ctx = ast.Del()
        return [at(node, ast.Delete([gone]))]
    made = expressions.expression(inner)
    if isinstance(made, ast.Dict) and text(inner).startswith("Object.assign") and made.values:
        called = ast.Attribute(made.values[0], "update", ast.Load())
        made = at(inner, ast.Call(at(inner, called), made.values[1:], []))
        made.is_assigning = True  # type: ignore[attr-defined]
    return [at(node, ast.Expr(made))]


def _assigned(node: Node) -> list[ast.stmt]:
    left, right = child(node, "left") or node, child(node, "right") or node
    word = text(left)
    if word == "module.exports" or word.startswith(("exports.", "module.exports.")):
        return imports.exported(node, word, right)
    return bound(node, left, right)


def _enum(node: Node) -> ast.stmt:
    """Translate ``enum Table { Runs = "runs" }`` to an object."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for index, item in enumerate(children(child(node, "body"))):
        value = child(item, "value")
        keys.append(expressions.key(child(item, "name") or item))
        values.append(expressions.expression(value) if value else constant(item, index))
    stored = name(node, text(child(node, "name")), ast.Store())
    return at(node, ast.Assign([stored], at(node, ast.Dict(keys, values))))


def _augmented(node: Node) -> list[ast.stmt]:
    left, right = child(node, "left") or node, child(node, "right") or node
    stored, value = expressions.target(left), expressions.expression(right)
    if text(child(node, "operator")) in ("??=", "||="):
        loaded = expressions.expression(left)
        filled = at(node, ast.BoolOp(ast.Or(), [loaded, value]))
        return [at(node, ast.Assign([stored], filled))]
    if isinstance(stored, ast.Name | ast.Attribute | ast.Subscript):
        return [at(node, ast.AugAssign(stored, ast.Add(), value))]
    return [at(node, ast.Expr(value))]


def bound(node: Node, left: Node, right: Node, declared: Node | None = None) -> list[ast.stmt]:
    """Bind a name or the names of a pattern to a value."""
    if left.type not in ("object_pattern", "array_pattern"):
        return _named(node, left, right, declared)
    parts = _parts(right) if left.type == "array_pattern" else []
    if parts and len(parts) == len(children(left)):
        pairs = zip(children(left), parts, strict=True)
        return [made for one, other in pairs for made in bound(node, one, other)]
    if left.type == "array_pattern" and text(child(right, "function")).endswith("useState"):
        return _state(node, children(left)[:1], right)
    word = f"_at_{left.start_point.row}_{left.start_point.column}"
    first = ast.Assign([name(left, word, ast.Store())], expressions.expression(right))
    return [at(node, first), *functions.unpacked(left, name(left, word))]


def _parts(right: Node) -> list[Node]:
    """Give the values of ``[a, b]`` and of ``await Promise.all([a, b])``."""
    inner = children(right)[0] if right.type == "await_expression" else right
    given = children(child(inner, "arguments"))
    if text(child(inner, "function")) == "Promise.all" and len(given) == 1:
        inner = given[0]
    return children(inner) if inner.type == "array" else []


def _state(node: Node, names: list[Node], right: Node) -> list[ast.stmt]:
    """Translate React's ``const [id, setId] = useState<string | null>(null)``."""
    given, declared = children(child(right, "arguments")), children(child(right, "type_arguments"))
    value = expressions.expression(given[0]) if given else constant(right, None)
    if not names or names[0].type != "identifier":
        return [at(node, ast.Expr(value))]
    stored = name(names[0], text(names[0]), ast.Store())
    if declared:
        return [at(node, ast.AnnAssign(stored, types.annotation(declared[0]), value, 1))]
    return [at(node, ast.Assign([stored], value))]


def _named(node: Node, left: Node, right: Node, declared: Node | None) -> list[ast.stmt]:
    is_function = right.type in ("arrow_function", "function_expression", "generator_function")
    if left.type == "identifier" and is_function:
        return [functions.definition(right, text(left))]
    if left.type == "identifier" and right.type == "class":
        made = functions.class_definition(right)
        made.name = text(left)
        return [made]
    stored, value = expressions.target(left), expressions.expression(right)
    given = child(right, "type_arguments")
    if declared is None and given is not None and text(child(right, "function")) in _DECLARING:
        declared = children(given)[0] if children(given) else None
    if declared is not None and isinstance(stored, ast.Name):
        return [at(node, ast.AnnAssign(stored, types.annotation(declared), value, 1))]
    return [at(node, ast.Assign([stored], value))]


def _declared(node: Node) -> list[ast.stmt]:
    made: list[ast.stmt] = []
    for item in children(node):
        left, right = child(item, "name"), child(item, "value")
        if left is None:
            continue
        if right is not None:
            required = imports.required(item, left, right)
            made += required or bound(item, left, right, child(item, "type"))
        elif left.type == "identifier" and child(item, "type") is None and not _is_prop(node):
            empty = constant(left, None)
            made.append(at(item, ast.Assign([name(left, text(left), ast.Store())], empty)))
    return made


def _is_prop(node: Node) -> bool:
    """Recognise Svelte's ``export let name``: whoever uses the component gives the value."""
    return node.parent is not None and node.parent.type == "export_statement"


def _if(node: Node) -> list[ast.stmt]:
    test = expressions.expression(child(node, "condition") or node)
    body = _inner(child(node, "consequence")) or [at(node, ast.Pass())]
    other = child(node, "alternative")
    orelse = [made for part in children(other) for made in _inner(part)]
    return [at(node, ast.If(test, body, orelse))]


def _for_in(node: Node) -> list[ast.stmt]:
    left, right = child(node, "left") or node, child(node, "right") or node
    body = _inner(child(node, "body")) or [at(node, ast.Pass())]
    if left.type in ("object_pattern", "array_pattern"):
        word = f"_at_{left.start_point.row}_{left.start_point.column}"
        body = [*functions.unpacked(left, name(left, word)), *body]
        stored: ast.expr = name(left, word, ast.Store())
    else:
        stored = expressions.target(left)
    return [at(node, ast.For(stored, expressions.expression(right), body, []))]


def _loop(node: Node) -> list[ast.stmt]:
    first = child(node, "initializer")
    test = expressions.optional(child(node, "condition")) or constant(node, True)
    body = _inner(child(node, "body")) or [at(node, ast.Pass())]
    opening = statement(first) if first is not None and first.type != "empty_statement" else []
    return [*opening, at(node, ast.While(test, body, []))]


def _return(node: Node) -> list[ast.stmt]:
    parts = children(node)
    first = children(parts[0]) if parts and parts[0].type == "sequence_expression" else parts
    before = [made for part in first[:-1] for made in _ran(part, part)]
    return [*before, at(node, ast.Return(expressions.expression(first[-1]) if first else None))]


def _throw(node: Node) -> list[ast.stmt]:
    parts = children(node)
    return [at(node, ast.Raise(expressions.expression(parts[0]) if parts else None, None))]


def _try(node: Node) -> list[ast.stmt]:
    handler, last = child(node, "handler"), child(node, "finalizer")
    handlers: list[ast.ExceptHandler] = []
    if handler is not None:
        word = text(child(handler, "parameter")) or None
        body = _inner(child(handler, "body")) or [at(handler, ast.Pass())]
        handlers.append(at(handler, ast.ExceptHandler(None, word, body)))
    final = [made for part in children(last) for made in _inner(part)]
    return [at(node, ast.Try(_inner(child(node, "body")), handlers, [], final))]


def _switch(node: Node) -> list[ast.stmt]:
    value = child(node, "value") or node
    made: list[ast.stmt] = []
    for case in children(child(node, "body")):
        wanted = child(case, "value")
        parts = [item for item in children(case) if item != wanted]
        body = [made for part in parts for made in statement(part)]
        right = expressions.optional(wanted) or constant(case, True)
        test = ast.Compare(expressions.expression(value), [ast.Eq()], [right])
        branch = at(case, ast.If(at(case, test), body or [at(case, ast.Pass())], []))
        branch.switch = (node.start_byte, node.end_byte)  # type: ignore[attr-defined]
        made.append(branch)
    return made


def _export(node: Node) -> list[ast.stmt]:
    declared, value = child(node, "declaration"), child(node, "value")
    if declared is not None:
        made = statement(declared)
        decorators = [item for item in children(node) if item.type == "decorator"]
        if made and isinstance(made[0], ast.ClassDef) and decorators:
            made[0].decorator_list = [
                expressions.expression(children(item)[0]) for item in decorators if children(item)
            ]
        return [*made, *imports.default(node, made)]
    if value is not None:
        return imports.default_value(node, value)
    return imports.exports(node)


_TRANSLATIONS: dict[str, Callable[[Node], list[ast.stmt]]] = {
    "expression_statement": _expression,
    "lexical_declaration": _declared,
    "variable_declaration": _declared,
    "function_declaration": lambda node: [functions.definition(node)],
    "generator_function_declaration": lambda node: [functions.definition(node)],
    "class_declaration": lambda node: [functions.class_definition(node)],
    "abstract_class_declaration": lambda node: [functions.class_definition(node)],
    "interface_declaration": lambda node: [types.interface(node)],
    "type_alias_declaration": lambda node: [types.alias(node)],
    "enum_declaration": lambda node: [_enum(node)],
    "if_statement": _if,
    "for_in_statement": _for_in,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "return_statement": _return,
    "throw_statement": _throw,
    "try_statement": _try,
    "switch_statement": _switch,
    "statement_block": block,
    "break_statement": lambda node: [at(node, ast.Break())],
    "continue_statement": lambda node: [at(node, ast.Continue())],
    "export_statement": _export,
    "import_statement": lambda node: imports.imported(node),
    "internal_module": lambda node: _inner(child(node, "body")),
    "ambient_declaration": lambda node: [s for part in children(node) for s in statement(part)],
    "empty_statement": lambda _: [],
}
