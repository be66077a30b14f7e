"""A declared class or type -> its fields: which are always there, and which may be None."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared import zod
from releasegate.appcode.declared.annotations import classes, last_word, may_be_none, text_as_type
from releasegate.appcode.declared.fields import Field, Shape
from releasegate.appcode.flow.class_names import Class, ancestry
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.module import Module

MAX_DEPTH = 8
_FIELD_CALLS = {"Field", "field", "ib", "attrib", "Column", "PrivateAttr", "mapped_column"}
_NO_FIELDS = {"model_config", "Config", "Meta"}
_SAME = {
    "Selectable",
    "Readonly",
    "Required",
    "Promise",
    "Awaited",
    "NonNullable",
    "Optional",
    "Annotated",
}
_GENERATED = {"Generated", "GeneratedAlways"}
_MIXINS = {"PartialType", "OmitType", "PickType", "IntersectionType"}
_LISTS = {"list", "List", "Array", "Sequence", "Iterable", "ReadonlyArray", "tuple", "Tuple"}


def shape(module: Module, annotation: ast.expr | None, depth: int = 0) -> Shape | None:
    """Read the fields of the class or type that an annotation names."""
    if annotation is None or depth > MAX_DEPTH:
        return None
    node = text_as_type(annotation)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        return _joined(module, [node.left, node.right], depth)
    if isinstance(node, ast.BinOp):
        sides = [shape(module, side, depth + 1) for side in (node.left, node.right)]
        known = [side for side in sides if side is not None]
        return known[0] if len(known) == 1 else None
    if isinstance(node, ast.Subscript):
        return _generic(module, node, depth)
    owners = classes(module, annotation)
    if owners:
        return of_class(owners[0])
    return _alias(module, node, depth) if isinstance(node, ast.Name) else None


def _joined(module: Module, nodes: list[ast.expr], depth: int) -> Shape | None:
    known = [found for node in nodes if (found := shape(module, node, depth + 1)) is not None]
    if len(known) < len(nodes):
        return None
    fields = {name: field for part in known for name, field in part.fields.items()}
    return Shape(fields, is_mapping=True)


def _alias(module: Module, node: ast.Name, depth: int) -> Shape | None:
    for there, binding in definitions(module, node.id):
        if isinstance(binding.value, ast.Call):
            return zod.shape_of(there, binding.value, depth)
        if binding.value is not None:
            return shape(there, binding.value, depth + 1)
    if module.is_python:
        return None
    from releasegate.appcode.declared.inferred import of_type

    return of_type(module, node.id)


def _generic(module: Module, node: ast.Subscript, depth: int) -> Shape | None:
    word = last_word(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if word in _SAME or word in _LISTS:
        return shape(module, parts[0], depth + 1)
    if word in ("Partial", "Omit", "Pick", "Exclude"):
        return _derived(module, word, parts, depth)
    if word in ("typeof", "InferInsertModel", "InferSelectModel") and not module.is_python:
        return _of_table(module, word, parts[0])
    if word in ("Insertable", "Updateable"):
        return _written(module, word, parts[0], depth)
    if word in ("infer", "input", "output", "TypeOf"):
        return _of_schema(module, parts[0], depth)
    if word in ("TablesInsert", "TablesUpdate", "Tables"):
        kind = {"TablesInsert": "Insert", "TablesUpdate": "Update"}.get(word, "Row")
        return _of_database(module, node.value, parts, kind, depth)
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return _looked_up(module, node, depth)
    return shape(module, node.value, depth + 1) if isinstance(node.value, ast.Name) else None


def _written(module: Module, word: str, node: ast.expr, depth: int) -> Shape | None:
    """Read Kysely's ``Insertable<RunTable>``: what may be null, or is made, may be left out."""
    known = shape(module, node, depth + 1)
    if known is None:
        return None

    def is_required(field: Field) -> bool:
        hint = field.annotation
        is_made = isinstance(hint, ast.Subscript) and last_word(hint.value) in _GENERATED
        return word == "Insertable" and not (field.may_be_none or is_made) and field.is_required

    fields = {k: replace(f, is_required=is_required(f)) for k, f in known.fields.items()}
    return replace(known, fields=fields, is_mapping=True)


def _of_table(module: Module, word: str, node: ast.expr) -> Shape | None:
    """Read Drizzle's ``typeof runs.$inferInsert`` and ``InferInsertModel<typeof runs>``."""
    from releasegate.appcode.declared.inferred import of_type

    inner = node.slice if isinstance(node, ast.Subscript) else node
    suffix = "" if word == "typeof" else f".$infer{word.removeprefix('Infer')}"
    return of_type(module, f"{written(inner)}{suffix}")


def _derived(module: Module, word: str, parts: list[ast.expr], depth: int) -> Shape | None:
    """Read ``Partial<X>``, ``Omit<X, "a" | "b">`` and ``Pick<X, "a">``."""
    known = shape(module, parts[0], depth + 1)
    if known is None:
        return None
    if word == "Partial":
        fields = {name: replace(field, is_required=False) for name, field in known.fields.items()}
        return replace(known, fields=fields, is_mapping=True)
    named = {
        item.value
        for part in parts[1:]
        for item in ast.walk(part)
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    }
    keeps = {
        name: field for name, field in known.fields.items() if (name in named) == (word == "Pick")
    }
    return replace(known, fields=keeps, is_mapping=True)


def _of_schema(module: Module, node: ast.expr, depth: int) -> Shape | None:
    """Read ``z.infer<typeof schema>``."""
    inner = node.slice if isinstance(node, ast.Subscript) else node
    return _alias(module, inner, depth) if isinstance(inner, ast.Name) else None


def _of_database(
    module: Module, word: ast.expr, parts: list[ast.expr], kind: str, depth: int
) -> Shape | None:
    """Read ``TablesInsert<"runs">`` through the generated type beside it."""
    table = parts[0]
    if not isinstance(word, ast.Name) or not isinstance(table, ast.Constant):
        return None
    places = [there for there, _ in definitions(module, word.id)]
    for place in places:
        current: Shape | None = None
        for owner in classes(place, ast.Name("Database", ast.Load())):
            current = of_class(owner)
        for key in ("public", "Tables", str(table.value), kind):
            current = _inside(current, key, depth)
        if current is not None:
            return current
    return None


def _looked_up(module: Module, node: ast.Subscript, depth: int) -> Shape | None:
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return _inside(shape(module, node.value, depth + 1), str(key), depth)


def _inside(known: Shape | None, key: str, depth: int) -> Shape | None:
    field = known.fields.get(key) if known is not None else None
    return shape(field.module, field.annotation, depth + 1) if field is not None else None


def of_class(owner: Class) -> Shape:
    """Read a class's fields, those that it inherits first."""
    fields: dict[str, Field] = {}
    line = ancestry(owner)
    for module, node in reversed(line):
        for base in node.bases:
            if isinstance(base, ast.Call) and not module.is_python:
                fields.update(_mixed(module, base))
        is_total = not any(word.arg == "total" for word in node.keywords)
        for field in _own(module, node, is_total=is_total):
            fields[field.name] = field
    return Shape(fields, _is_mapping(line), line)


def _mixed(module: Module, call: ast.Call, depth: int = 0) -> dict[str, Field]:
    """Read Nest's ``PartialType(Run)``, ``OmitType(Run, ["id"])`` and what is made from zod."""
    word = last_word(call.func)
    if word == "createZodDto":
        known = zod.shape_of(module, call.args[0]) if call.args else None
        return known.fields if known is not None else {}
    if word not in _MIXINS or depth > MAX_DEPTH:
        return {}
    fields: dict[str, Field] = {}
    for given in call.args:
        if isinstance(given, ast.Call):
            fields.update(_mixed(module, given, depth + 1))
        for owner in classes(module, given)[:1]:
            fields.update(of_class(owner).fields)
    if word == "PartialType":
        return {name: replace(field, is_required=False) for name, field in fields.items()}
    listed = call.args[-1].elts if isinstance(call.args[-1], ast.List) else []
    named = {item.value for item in listed if isinstance(item, ast.Constant)}
    if word == "IntersectionType":
        return fields
    return {k: field for k, field in fields.items() if (k in named) == (word == "PickType")}


def _is_mapping(line: tuple[Class, ...]) -> bool:
    names = {last_word(base) for _, node in line for base in node.bases}
    return "TypedDict" in names or any(not module.is_python for module, _ in line)


def _own(module: Module, node: ast.ClassDef, *, is_total: bool) -> Iterator[Field]:
    for item in node.body:
        if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
            continue
        name, word = item.target.id, last_word(_outer(item.annotation))
        if name.startswith("__") or name in _NO_FIELDS or word in ("ClassVar", "InitVar"):
            continue
        yield _field(module, node.name, item, is_total=is_total and word != "NotRequired")


def _outer(annotation: ast.expr) -> ast.expr:
    return annotation.value if isinstance(annotation, ast.Subscript) else annotation


def _field(module: Module, owner: str, item: ast.AnnAssign, *, is_total: bool) -> Field:
    default, alias = item.value, None
    if isinstance(default, ast.Call) and last_word(default.func) in _FIELD_CALLS:
        alias = _keyword(default, "serialization_alias") or _keyword(default, "alias")
        default = _default(default)
    # In TypeScript ``name?: string`` may be left out, which is not the same as null.
    is_none = isinstance(default, ast.Constant) and default.value is None and module.is_python
    may_be_left = any(last_word(getattr(x, "func", x)) == "IsOptional" for x in _decorators(item))
    return Field(
        module=module,
        node=item,
        owner=owner,
        name=item.target.id if isinstance(item.target, ast.Name) else "",
        may_be_none=is_none or may_be_left or may_be_none(module, item.annotation),
        is_required=default is None and is_total and not may_be_left,
        default=default,
        alias=str(alias.value) if isinstance(alias, ast.Constant) else None,
        annotation=item.annotation,
    )


def _decorators(item: ast.AnnAssign) -> list[ast.expr]:
    """Give what stands before a property of TypeScript: class-validator's ``@IsOptional()``."""
    return getattr(item, "decorators", [])


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _default(call: ast.Call) -> ast.expr | None:
    """Find the default of ``Field(None)``, ``Field(default=...)``, ``field(default_factory=f)``."""
    given = _keyword(call, "default") or (call.args[0] if call.args else None)
    if isinstance(given, ast.Constant) and given.value is ...:
        return None
    return given or _keyword(call, "default_factory")
