"""A call that makes rows of an object -> its fields: model_dump, asdict, constructors, helpers."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared import inferred, zod
from releasegate.appcode.declared.serializers import filled_in
from releasegate.appcode.declared.serializers import is_one as is_serializer
from releasegate.appcode.declared.shapes import of_class, shape
from releasegate.appcode.flow.calls import callees, method_of
from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.frames import entered, frame_of
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import returned, yielded
from releasegate.appcode.values.dumps import chosen
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import (
    MAX_PATHS,
    Entry,
    Payload,
    of_keywords,
    opaque,
    rows,
    with_entry,
    with_keywords,
)

if TYPE_CHECKING:
    from releasegate.appcode.declared.fields import Field, Shape
    from releasegate.appcode.source.module import Module

_DUMPS = {"model_dump", "dict", "_asdict", "to_dict", "asdict", "dump", "as_dict", "json", "toJSON"}
_FUNCTIONS = {"asdict", "vars", "jsonable_encoder", "dict", "unstructure", "to_dict", "astuple"}
_VALIDATORS = {"parse", "parseAsync", "validateSync", "validate"}
_SOURCES = {"model_validate", "parse_obj", "from_orm", "model_construct", "construct"}


def of_call(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read what a call returns as rows."""
    name = called_name(node)
    given = inferred.row_of(module, node) or inferred.of_call(module, node)
    if given is not None:
        return (given,)
    if isinstance(node.func, ast.Attribute) and name in _DUMPS:
        found = _dumped(module, node, depth)
        if found:
            return found
    if name in ("pop", "get") and isinstance(node.func, ast.Attribute):
        taken = _taken(module, node, node.func.value, depth)
        if taken:
            return taken
    if name in _FUNCTIONS and node.args:
        known = fields(module, node.args[0], depth)
        return tuple(chosen(module, item, node, depth) for item in known) or (
            rows(module, node.args[0], depth + 1) if name != "vars" else (opaque(module, node),)
        )
    if name in _VALIDATORS and isinstance(node.func, ast.Attribute):
        declared = zod.shape_of(module, node.func.value)
        if declared is not None:
            return (_of_shape(module, node, declared),)
    checked = inferred.schema_of(module, node)
    if checked is not None:
        return (_of_shape(module, node, checked),)
    return _returned(module, node, depth) or _built(module, node, depth)


def _taken(module: Module, node: ast.Call, base: ast.expr, depth: int) -> tuple[Payload, ...]:
    """Read ``data.pop("runs")`` of a mapping that is written down or declared."""
    key = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    found: list[Payload] = []
    for payload in rows(module, base, depth + 1) if isinstance(key, str) else ():
        entry = payload.entries.get(str(key))
        if entry is None or entry.value is None:
            return ()
        found.extend(rows(entry.module, entry.value, depth + 1))
    return tuple(found)


def _returned(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Look into a function of the project; its declared type is the last resort."""
    found: list[Payload] = []
    for there, frame in callees(module, node)[:4]:
        with entered(frame) as is_new:
            given = (*returned(there, frame.function), *yielded(there, frame.function))
            for value in (x for x in given if x is not None and is_new):
                found.extend(rows(there, value, depth + 1))
        declared = getattr(frame.function, "returns", None)
        if declared is not None and (not found or any(item.is_open for item in found)):
            known = shape(there, declared)
            if known is not None and known.is_mapping:
                return (_of_shape(module, node, known),)
    return tuple(found[:MAX_PATHS])


def _built(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read a constructor of a TypedDict, or of a class that is sent as it is."""
    known = fields(module, node, depth)
    return known or (opaque(module, node),)


def mapping_of(module: Module, node: ast.expr) -> Payload | None:
    """Read a value that is declared as a mapping: a TypedDict, an interface, a schema's type."""
    for origin in origins(module, node):
        annotation = origin.parameter.annotation if origin.parameter is not None else None
        if isinstance(origin.node, ast.AnnAssign):
            annotation = origin.node.annotation
        known = shape(origin.module, annotation)
        if known is not None and known.is_mapping and known.fields:
            return _of_shape(module, node, known)
    return _mapping_field(module, node) if isinstance(node, ast.Attribute) else None


def _mapping_field(module: Module, node: ast.Attribute) -> Payload | None:
    """Read ``result.changes`` where the class of the result declares it as a TypedDict."""
    for owner in instances(module, node.value):
        field = of_class(owner).fields.get(node.attr)
        known = shape(field.module, field.annotation) if field is not None else None
        if known is not None and known.is_mapping and known.fields:
            return _of_shape(module, node, known)
    return None


def _dumped(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read ``x.model_dump(exclude=...)``; a class's own version of it counts."""
    target = node.func.value if isinstance(node.func, ast.Attribute) else node
    name = called_name(node)
    if isinstance(target, ast.Call) and called_name(target) == "super":
        target = _own_receiver(module, node) or target
    else:
        for owner in instances(module, target):
            own = method_of(owner, name)
            if own is not None:
                return _returned(module, node, depth)
    known = fields(module, target, depth)
    return tuple(chosen(module, item, node, depth) for item in known)


def _own_receiver(module: Module, node: ast.AST) -> ast.expr | None:
    function = module.function(node)
    first = function.args.args[0].arg if function is not None and function.args.args else "self"
    made = ast.Name(first, ast.Load())
    module.adopt(made, node)
    return made


def fields(module: Module, node: ast.expr, depth: int = 0) -> tuple[Payload, ...]:
    """Read an object's fields: from its constructor, else from its declaration."""
    if depth > 10:
        return ()
    if isinstance(node, ast.Await | ast.NamedExpr):
        return fields(module, node.value, depth + 1)
    if isinstance(node, ast.Call):
        return _constructed(module, node, depth)
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return fields(module, node.elt, depth + 1)
    if isinstance(node, ast.List | ast.Tuple | ast.BoolOp):
        parts = node.values if isinstance(node, ast.BoolOp) else node.elts
        return tuple(row for item in parts for row in fields(module, item, depth + 1))
    if isinstance(node, ast.Dict):
        return rows(module, node, depth)
    if isinstance(node, ast.Name) and node.id in ("self", "cls"):
        return _of_self(module, node, depth)
    return _of_origins(module, node, depth)


def _of_origins(module: Module, node: ast.expr, depth: int) -> tuple[Payload, ...]:
    """Follow a name to what it was given, or to its declaration, and to what is set on it."""
    from releasegate.appcode.values.changes import changed

    found: list[Payload] = []
    for origin in origins(module, node):
        made: list[Payload] = []
        if origin.value is not None:
            made.extend(fields(origin.module, origin.value, depth + 1))
            made.extend(_appended(origin.module, node, depth))
        elif origin.iterated is not None:
            made.extend(fields(origin.module, origin.iterated, depth + 1))
        elif origin.parameter is not None:
            made.extend(of_annotation(origin.module, origin.parameter.annotation, node))
        found.extend(changed(module, origin, item, node, depth) for item in made)
    return tuple(found) or _by_class(module, node)


def _appended(module: Module, node: ast.expr, depth: int) -> list[Payload]:
    """Read the objects that are appended to a list: ``rows.append(RunCreate(...))``."""
    found: list[Payload] = []
    if not isinstance(node, ast.Name):
        return found
    for load in module.loads.get(node.id, ()):
        call = module.parent(module.parent(load))
        is_same = module.function(load) is module.function(node)
        if isinstance(call, ast.Call) and called_name(call) == "append" and is_same and call.args:
            found.extend(fields(module, call.args[0], depth + 1))
    return found


def _of_self(module: Module, node: ast.Name, depth: int) -> tuple[Payload, ...]:
    function = module.function(node)
    frame = frame_of(module, function) if function is not None else None
    if frame is not None and frame.receiver is not None:
        found = fields(frame.module, frame.receiver, depth + 1)
        if found:
            return found
    return _by_class(module, node)


def _by_class(module: Module, node: ast.expr) -> tuple[Payload, ...]:
    for owner in instances(module, node):
        known = of_class(owner)
        if known.fields:
            return (_of_shape(module, node, known),)
    return ()


def of_annotation(
    module: Module, annotation: ast.expr | None, node: ast.expr
) -> tuple[Payload, ...]:
    known = shape(module, annotation)
    return (_of_shape(module, node, known),) if known is not None and known.fields else ()


def _constructed(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    owners = resolve(module, node.func)
    if owners and module.is_python and is_serializer(owners[0]):
        return (filled_in(module, node, owners[0]),)
    if owners and not any(_is_table(item) for item in ancestry(owners[0])):
        return (_of_constructor(module, node, of_class(owners[0]), depth),)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in ("model_copy", "copy") and not node.args:
            return fields(module, node.func.value, depth + 1)
        owners = resolve(module, node.func.value)
        if owners and node.func.attr in _SOURCES:
            return (_of_shape(module, node, of_class(owners[0])),)
    for there, frame in callees(module, node)[:2]:
        known = of_annotation(
            module=there, annotation=getattr(frame.function, "returns", None), node=node
        )
        if known:
            return known
    return _by_class(module, node)


def _is_table(owner: Class) -> bool:
    names = {
        getattr(target, "id", "")
        for item in owner[1].body
        for target in getattr(item, "targets", ())
    }
    return "__tablename__" in names


def _of_constructor(module: Module, node: ast.Call, known: Shape, depth: int) -> Payload:
    """Read ``RunCreate(plan_id=x)``: what is not given keeps its default."""
    if known.is_mapping:
        return of_keywords(module, node, depth)
    payload = _of_shape(module, node, known, is_made=True)
    names = list(known.fields)
    for name, value in zip(names, node.args, strict=False):
        if isinstance(value, ast.Starred):
            return opaque(module, node)
        payload = with_entry(payload, name, Entry(module, value, value))
    given = with_keywords(module, Payload(module, node), node, depth)
    by_alias = {field.alias: name for name, field in known.fields.items() if field.alias}
    for key, entry in given.entries.items():
        name = by_alias.get(key, key)
        if name in known.fields or not known.fields:
            alias = known.fields[name].alias if name in known.fields else None
            payload = with_entry(payload, name, replace(entry, alias=alias))
    if not given.is_open:
        return payload
    entries = {
        name: replace(entry, is_set=None) if entry.value is None else entry
        for name, entry in payload.entries.items()
    }
    is_open = None if known.fields else given.is_open
    return replace(payload, entries=entries, is_open=is_open)


def _of_shape(module: Module, node: ast.AST, known: Shape, *, is_made: bool = False) -> Payload:
    entries = {name: _entry(field, known, is_made=is_made) for name, field in known.fields.items()}
    return Payload(module, node, entries)


def _entry(field: Field, known: Shape, *, is_made: bool) -> Entry:
    kind = "may be None" if field.may_be_none else "is declared as never None"
    is_set = None if not field.is_required else True
    return Entry(
        field.module,
        field.default if is_made and field.default is not None and not field.may_be_none else None,
        field.node,
        is_certain=field.is_required or not known.is_mapping,
        may_be_none=field.may_be_none,
        what=f"{field.owner}.{field.name} {kind}",
        is_set=False if is_made and not field.is_required else is_set,
        alias=field.alias,
    )
