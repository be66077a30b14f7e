"""A call of TypeORM, Sequelize, MikroORM or Objection -> the rows that it writes.

A class stands for the table that it names or is called like, its properties for the columns of the
same words, or for those that their decorators name. What that leaves open is undecidable.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode import orm
from releasegate.appcode.annotations import last_word
from releasegate.appcode.changes import changed
from releasegate.appcode.entity_columns import Renamed
from releasegate.appcode.models.model import Link, Model
from releasegate.appcode.models.naming import fits, snake
from releasegate.appcode.names import origins, single_value
from releasegate.appcode.nullness import called_name
from releasegate.appcode.payloads import Payload, rows
from releasegate.appcode.references import words_of
from releasegate.appcode.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.module import Module
    from releasegate.appcode.parameters import Origin
    from releasegate.appcode.sites import Found
    from releasegate.model import Relation

LIBRARIES = re.compile(
    rb"""(?:from|require\()\s*['"](?:typeorm|@nestjs/typeorm|sequelize|sequelize-typescript"""
    rb"""|@nestjs/sequelize|@mikro-orm/[\w-]+|objection)['"]"""
)
#: how a class says which table it stands for: the table first, or the class first
_TABLE_FIRST = re.compile(
    rb"""@(?:Entity|Table)\((?:[^)]*?(?:name|tableName):)?\s*['"](?P<table>\w+)['"]"""
    rb""".{0,200}?class\s+(?P<word>\w+)""",
    re.DOTALL,
)
_CLASS_FIRST = re.compile(
    rb"""(?:class\s+(?P<word>\w+)\s+extends|(?P<made>\w+)\s*=\s*\w+\.define\(|(?P<set>\w+)\.init\()"""
    rb"""(?:(?!\bclass\b|\.define\(|\.init\().){0,2000}?"""
    rb"""tableName['"]?[\s:=(){]*(?:return\s*)?['"](?P<table>\w+)['"]""",
    re.DOTALL,
)
SUFFIXES = (".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".tsx", ".jsx")
_INSERTS = {"save", "insert", "bulkCreate", "persist", "persistAndFlush", "insertMany", "create"}
_INSERTS |= {"findOrCreate", "insertGraph", "insertAndFetch", "nativeInsert"}
_OPERATIONS = {
    **dict.fromkeys(_INSERTS, "insert"),
    **dict.fromkeys(("upsert", "upsertMany"), "upsert"),
    **dict.fromkeys(("update", "patch", "nativeUpdate", "patchAndFetchById"), "update"),
    **dict.fromkeys(("delete", "remove", "destroy", "nativeDelete", "deleteById"), "delete"),
    "removeAndFlush": "delete",
}
#: what these name makes an object and stores nothing; Sequelize's create() does
_MAKES = {"create", "build", "merge"}
_REPOSITORIES = ("getRepository", "getCustomRepository", "getModel")
_SUFFIX = re.compile(r"(Repository|Repo|Model|Entity|Dao|Store)$")
#: what stores objects of any class; a cache takes away what it was given as well
_MANAGER = re.compile(
    r"(?i)(manager|em|repository|repo|connection|runner|source|orm|db|session|tx)$"
)
_FOUND = re.compile(r"^(find|get|preload|save$)")


def names(contents: Mapping[str, bytes], contract: Contract) -> dict[str, Relation]:
    """Give the class names that declare a table by another name."""
    found: dict[str, Relation] = {}
    texts = [content for path, content in contents.items() if path.endswith(SUFFIXES)]
    for content in texts:
        marks = (b"@Entity(", b"@Table(", b"tableName")
        if not any(mark in content for mark in marks):
            continue
        for match in (*_TABLE_FIRST.finditer(content), *_CLASS_FIRST.finditer(content)):
            known = match.groupdict()
            word = known["word"] or known.get("made") or known.get("set") or b""
            relation = contract.find(None, known["table"].decode())
            if relation is not None:
                found[word.decode()] = relation
    return found


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``runRepository.save({...})``, ``Run.create({...})``, ``manager.insert(Run, {...})``."""
    if module.is_python or not isinstance(node, ast.Call) or not module.project.has_entities:
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
        return
    steps = _steps(module, node)
    relation, given = _target(module, node, function, contract)
    if relation is None and steps:
        relation = _class_taken(module, steps.get("into") or steps.get("from"), contract)
    if relation is None:
        return
    given = [steps[word] for word in ("values", "set") if word in steps] or given
    model, operation = _guessed(relation, contract, module), _OPERATIONS[function.attr]
    if operation == "delete":
        yield orm.deleted(module, node, model, contract)
        return
    made = [item for value in given[:1] for item in _rows(module, value)]
    if operation == "insert" and any(_is_found(module, value) for value in given[:1]):
        operation, made = "update", [_set(payload) for payload in made]
    if operation == "update":
        yield orm.updated(module, node, model, made[:1], contract)
        return
    hidden = [Payload(module, node, is_open="the values are not visible here")]
    yield orm.inserted(module, node, model, made or hidden, contract, operation=operation)


def _steps(module: Module, node: ast.Call) -> dict[str, ast.expr]:
    """Read the builder of TypeORM, ``.insert().into(Run).values({...})``: what each step takes."""
    found: dict[str, ast.expr] = {}
    current: ast.AST = node
    while isinstance(holder := module.parent(current), ast.Attribute):
        call = module.parent(holder)
        if not isinstance(call, ast.Call) or call.func is not holder:
            break
        if call.args:
            found[holder.attr] = call.args[0]
        current = call
    return found


def _target(
    module: Module, node: ast.Call, function: ast.Attribute, contract: Contract
) -> tuple[Relation | None, list[ast.expr]]:
    """Find the table by the class that is taken or called on, and what is left to send."""
    first = node.args[0] if node.args else None
    word, is_class = _receiver(_repository(module, function.value))
    if function.attr in _MAKES and (not is_class or isinstance(function.value, ast.Call)):
        return None, []
    taken = _class_taken(module, first, contract)
    if taken is not None:
        return taken, _sent(function.attr, node.args[1:])
    is_table = is_class or bool(_SUFFIX.search(word)) or _is_repository(module, function.value)
    relation = _by_word(module, word, contract) if word and is_table else None
    if relation is None and not is_class:
        if first is not None and not _MANAGER.search(word):
            return None, []
        row = first if first is not None else function.value
        made, sent = _of_made(module, row, contract)
        return made or _of_declared(module, row, function.attr, contract), sent
    return relation, _sent(function.attr, node.args)


def _repository(module: Module, node: ast.expr) -> ast.expr:
    """Find ``source.getRepository(Run)`` behind the name that keeps it."""
    origin = single_value(module, node)
    calls = ast.walk(origin[1].func) if origin and isinstance(origin[1], ast.Call) else ()
    is_one = origin is not None and any(
        isinstance(item, ast.Attribute) and item.attr in _REPOSITORIES for item in calls
    )
    return origin[1] if origin is not None and is_one else node


def _is_repository(module: Module, node: ast.expr) -> bool:
    """Tell ``private runs: Repository<Run>`` from a map that is called ``runs``."""
    known = [*origins(module, node)]
    known += [o for item in known if item.value for o in origins(item.module, item.value)]
    hints = [o.parameter.annotation for o in known if o.parameter is not None]
    return any(hint is not None and "Repository" in written(hint) for hint in hints)


def _sent(verb: str, given: list[ast.expr]) -> list[ast.expr]:
    """Give what is sent: TypeORM's update() takes the filter first, Sequelize's the values."""
    has_filter_first = verb in ("update", "nativeUpdate", "patchAndFetchById") and len(given) > 1
    options = given[1] if has_filter_first else None
    listed = options.keys if isinstance(options, ast.Dict) else []
    is_options = "where" in [getattr(key, "value", None) for key in listed]
    if verb == "findOrCreate" and given and isinstance(given[0], ast.Dict):
        return [_found_or_made(given[0])]
    return given[1:] if has_filter_first and not is_options else given


def _found_or_made(options: ast.Dict) -> ast.expr:
    """Make one row of ``{ where: {...}, defaults: {...} }``."""
    pairs = zip(options.keys, options.values, strict=True)
    known = {getattr(key, "value", None): value for key, value in pairs}
    parts = [known[word] for word in ("where", "defaults") if word in known]
    return ast.copy_location(ast.Dict([None] * len(parts), parts), options)


def _receiver(node: ast.expr) -> tuple[str, bool]:
    """Name what a method is called on, and whether it stands for the whole table."""
    if isinstance(node, ast.Call):
        word = called_name(node)
        # A wrapper takes what belongs to the request before the class.
        last = node.args[-1] if node.args else None
        if word in _REPOSITORIES and last is not None:
            named = last.value if isinstance(last, ast.Constant) else last_word(last)
            return str(named), True
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return _receiver(inner) if inner is not None else ("", False)
    word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return word, word[:1].isupper()


def _class_taken(module: Module, node: ast.expr | None, contract: Contract) -> Relation | None:
    word = last_word(node) if node is not None else ""
    return _by_word(module, word, contract) if word[:1].isupper() else None


def _by_word(module: Module, word: str, contract: Contract) -> Relation | None:
    declared = module.project.entities(contract).get(word)
    names = dict.fromkeys((word, _SUFFIX.sub("", word)))
    guessed = (r for name in names for r in contract.relations if fits(r.name, name))
    return declared or next(guessed, None)


def _of_declared(module: Module, node: ast.expr, verb: str, contract: Contract) -> Relation | None:
    """Find the class of a parameter that a row is taken away by: ``run: Run``."""
    hints = [o.parameter.annotation for o in origins(module, node) if o.parameter is not None]
    words = [item.id for hint in hints if hint for item in ast.walk(hint) if hasattr(item, "id")]
    if _OPERATIONS[verb] != "delete":
        return None
    return next((found for word in words if (found := _by_word(module, word, contract))), None)


def _of_made(
    module: Module, node: ast.expr, contract: Contract
) -> tuple[Relation | None, list[ast.expr]]:
    """Find the class of an object that is made in view: ``new Run()``, ``Run.build({...})``."""
    for origin in origins(module, node):
        made = origin.value.value if isinstance(origin.value, ast.Await) else origin.value
        if not isinstance(made, ast.Call):
            continue
        word = _receiver(made.func.value)[0] if isinstance(made.func, ast.Attribute) else ""
        own = last_word(made.func)
        word = own if own[:1].isupper() or isinstance(made.func, ast.Name) else word
        taken = _class_taken(module, made.args[0] if made.args else None, contract)
        relation = taken or (_by_word(module, word, contract) if word else None)
        if relation is not None:
            return relation, [node]
    return None, []


def _rows(module: Module, node: ast.expr) -> list[Payload]:
    """Read an object, or the one that ``repository.create({...})`` made of it."""
    if isinstance(node, ast.Await):
        return _rows(module, node.value)
    if isinstance(node, ast.Call) and called_name(node) in _MAKES and node.args:
        return list(rows(module, node.args[-1]))
    made = [item for origin in origins(module, node) for item in _of_maker(module, origin, node)]
    return made or list(rows(module, node))


def _of_maker(module: Module, origin: Origin, node: ast.expr) -> list[Payload]:
    """Read ``const run = repository.create({...})``, and what is set on it afterwards."""
    value = origin.value.value if isinstance(origin.value, ast.Await) else origin.value
    if not isinstance(value, ast.Call) or called_name(value) not in _MAKES or not value.args:
        return []
    found = rows(origin.module, value.args[-1])
    return [changed(module, origin, item, node, 0) for item in found]


def _is_found(module: Module, node: ast.expr) -> bool:
    """Say whether an object was read before, so that saving it changes a row."""
    values = [origin.value for origin in origins(module, node)]
    calls = [value.value if isinstance(value, ast.Await) else value for value in values]
    return any(isinstance(call, ast.Call) and _FOUND.match(called_name(call)) for call in calls)


def _set(payload: Payload) -> Payload:
    return Payload(payload.module, payload.node, payload.entries)


def _guessed(relation: Relation, contract: Contract, module: Module) -> Model:
    """Take a property for the column of the same words: ``planId`` and ``plan`` for ``plan_id``."""
    table = contract.table(relation)
    listed = [*(table.columns if table else ()), *(c.column for c in contract.of_child(relation))]
    columns = {_camel(name): name for name in listed}
    links = {
        _camel(snake(c.column).removesuffix("_id")): Link((c.column,))
        for c in contract.of_child(relation)
        if snake(c.column).endswith("_id")
    }
    known = module.project.entity_columns(contract).get(relation, Renamed())
    columns |= known.columns
    links |= {word: Link((column,)) for word, column in known.links.items()}
    return Model(relation, module, ast.Pass(), "entity", columns, links)


def _camel(name: str) -> str:
    first, *rest = words_of(name) or (name,)
    return first + "".join(word.capitalize() for word in rest)
