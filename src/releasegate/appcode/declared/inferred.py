"""A call or a type of a TypeScript library -> the rows that it stands for."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared import zod
from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.declared.table_rows import of_table
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, one
from releasegate.appcode.values.selected import picked
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from releasegate.appcode.declared.fields import Shape
    from releasegate.appcode.source.module import Function, Module
    from releasegate.model import Relation

_SAFE = {"safeParse", "safeParseAsync"}
_VALIDATED = ("readValidatedBody", "getValidatedQuery", "getValidatedRouterParams")
_VALIDATES = ("zValidator", "validator", "vValidator", "sValidator")
_FINDS = {"findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany"}
_FINDS |= {"create", "update", "upsert", "delete"}
_PRISMA = re.compile(r"^(\w+?)(Unchecked)?Create(Many)?(?:Without\w+)?Input$")


def of_call(module: Module, node: ast.Call) -> Payload | None:
    """Read what zod lets through, what Hono validates, and rows that are read or made whole."""
    name = called_name(node)
    if _is_new_entity(module, node):
        return one(module, node.args[0], 1) if node.args else Payload(module, node)
    if name == "superValidate" and node.args and isinstance(node.args[-1], ast.Call):
        return _of_form(module, node, node.args[-1])
    if not isinstance(node.func, ast.Attribute):
        return None
    if name in _SAFE:
        made = ast.Call(ast.Attribute(node.func.value, "parse", ast.Load()), node.args, [])
        return _wrapped(module, node, made)
    if module.is_python:
        return None
    if name in _FINDS:
        found = _found(module, node)
        if found is not None:
            return found
    if name in ("single", "maybeSingle", "select"):
        return _selected(module, node) or _queried(module, node)
    return _queried(module, node)


def _of_form(module: Module, node: ast.Call, adapter: ast.Call) -> Payload | None:
    """Read Superforms' ``superValidate(event, zod(schema))``, whose data the schema let through."""
    if not called_name(adapter).startswith("zod") or not adapter.args:
        return None
    made = ast.Call(ast.Attribute(adapter.args[0], "parse", ast.Load()), [], [])
    return _wrapped(module, node, made)


def _is_new_entity(module: Module, node: ast.Call) -> bool:
    """Recognise ``new Run()`` of TypeORM and its like, set later, and ``new Run({...})``."""
    is_plain = not node.args or (len(node.args) == 1 and isinstance(node.args[0], ast.Dict))
    return getattr(node, "is_new", False) and is_plain and module.project.has_entities


def _found(module: Module, node: ast.Call) -> Payload | None:
    """Read the rows that Prisma gives: ``prisma.run.findUnique({ where: { id } })``."""
    models = module.project.models
    table = node.func.value if isinstance(node.func, ast.Attribute) else None
    options = _options(node)
    if models is None or not isinstance(table, ast.Attribute) or "omit" in options:
        return None
    kind = table.attr[:1].upper() + table.attr[1:]
    shape = module.project.prisma(models.contract).row(kind, module)
    whole = _copied(module, node, table.attr, shape) if shape is not None else None
    listed = options.get("select")
    if whole is None or not isinstance(listed, ast.Dict):
        return whole if "select" not in options else None
    taken = {getattr(key, "value", None) for key in listed.keys}
    entries = {name: entry for name, entry in whole.entries.items() if name in taken}
    return replace(whole, entries=entries, is_open="more than columns is selected")


def _options(node: ast.Call) -> dict[object, ast.expr]:
    """Give the keys of the object that a query is called with."""
    given = node.args[0] if node.args else None
    if not isinstance(given, ast.Dict):
        return {}
    pairs = zip(given.keys, given.values, strict=True)
    return {getattr(key, "value", None): value for key, value in pairs}


def _copied(module: Module, node: ast.Call, table: str, shape: Shape) -> Payload:
    entries = {
        name: Entry(field.module, None, node, True, field.may_be_none, f"{table}.{name} is copied")
        for name, field in shape.fields.items()
    }
    return Payload(module, node, entries)


def _queried(module: Module, node: ast.Call) -> Payload | None:
    """Read the rows of Drizzle: ``db.query.runs.findFirst()``, ``db.select().from(runs)``."""
    table = _relational(node) or _selected_from(node)
    shape = of_table(module, table, "Select") if table else None
    if shape is not None:
        return _copied(module, node, str(table), shape)
    return next(iter(picked(module, node)), None)


def _relational(node: ast.Call) -> str | None:
    if called_name(node) not in ("findFirst", "findMany") or not isinstance(
        node.func, ast.Attribute
    ):
        return None
    table = node.func.value
    if not isinstance(table, ast.Attribute) or last_word(table.value) != "query":
        return None
    return None if _options(node).keys() & {"columns", "with", "extras"} else table.attr


def _selected_from(node: ast.Call) -> str | None:
    """Find the one table of a chain that selects every column."""
    table: str | None = None
    current: ast.expr = node
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        name = current.func.attr
        if name.endswith("Join"):
            return None
        if name == "from" and len(current.args) == 1:
            table = last_word(current.args[0])
        if name in ("select", "selectDistinct"):
            return table if not current.args else None
        current = current.func.value
    return None


def schema_of(module: Module, node: ast.Call) -> Shape | None:
    """Find the schema behind ``c.req.valid("json")``, or h3's ``readValidatedBody(e, s.parse)``."""
    given = node.args[1] if called_name(node) in _VALIDATED and len(node.args) > 1 else None
    if isinstance(given, ast.Attribute) and given.attr in ("parse", "parseAsync"):
        return zod.shape_of(module, given.value)
    if called_name(node) != "valid" or len(node.args) != 1:
        return None
    wanted = text_of(module, node.args[0])
    for place in module.ancestors(node):
        for given in place.args if isinstance(place, ast.Call) else ():
            if not isinstance(given, ast.Call) or called_name(given) not in _VALIDATES:
                continue
            if len(given.args) > 1 and text_of(module, given.args[0]) == wanted:
                return zod.shape_of(module, given.args[1])
    return None


def given_to(module: Module, function: Function) -> Payload | None:
    """Read what tRPC hands over: ``.input(schema).mutation(({ ctx, input }) => ...)``."""
    call = module.parent(function)
    current = call.func if isinstance(call, ast.Call) and not module.is_python else None
    while isinstance(current, ast.Call | ast.Attribute):
        if isinstance(current, ast.Call) and called_name(current) == "input" and current.args:
            made = ast.Call(ast.Attribute(current.args[0], "parse", ast.Load()), [], [])
            module.adopt(made, current)
            return Payload(module, current, {"input": Entry(module, made, current)})
        current = current.func if isinstance(current, ast.Call) else current.value
    return None


def _wrapped(module: Module, node: ast.Call, inner: ast.expr) -> Payload:
    """Make ``{"data": ...}`` of a result that comes with its error."""
    module.adopt(inner, node)
    return Payload(module, node, {"data": Entry(module, inner, node)})


def _selected(module: Module, node: ast.Call) -> Payload | None:
    relation = _read_table(module, node)
    row = ast.Call(ast.Name("select", ast.Load()), [], [])
    row.selected = relation  # type: ignore[attr-defined]
    return _wrapped(module, node, row) if relation is not None else None


def _read_table(module: Module, node: ast.expr) -> Relation | None:
    """Find the table of ``.from("runs").select("*")``, whole rows only."""
    models, is_whole, current = module.project.models, False, node
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        given = text_of(module, current.args[0]) if current.args else None
        if current.func.attr == "select":
            is_whole = not current.args or given == "*"
        if current.func.attr == "from" and models is not None and is_whole:
            return models.contract.find(None, given)
        current = current.func.value
    return None


def row_of(module: Module, node: ast.Call) -> Payload | None:
    """Give every column of a row that was read whole."""
    relation: Relation | None = getattr(node, "selected", None)
    models = module.project.models
    table = models.contract.table(relation) if models is not None and relation else None
    if table is None or relation is None:
        return None
    return Payload(
        module,
        node,
        {
            name: Entry(
                module, None, node, True, not column.not_null, f"{relation.name}.{name} is copied"
            )
            for name, column in table.columns.items()
        },
    )


def of_type(module: Module, word: str) -> Shape | None:
    """Read ``typeof runs.$inferInsert`` and ``Prisma.RunUncheckedCreateInput``."""
    if "$infer" in word:
        return of_table(module, *word.split(".$infer", 1))
    match = _PRISMA.match(word)
    models = module.project.models
    if models is not None and match is None:
        taken = (binding.imported[1] for binding in module.of_module(word) if binding.imported)
        client = module.project.prisma(models.contract)
        return next((client.row(name, module) for name in taken), None)
    if match is None or models is None:
        return None
    name = match[1][:1].lower() + match[1][1:]
    client, is_checked = module.project.prisma(models.contract), not (match[2] or match[3])
    return client.inputs(name, module, is_checked=is_checked)
