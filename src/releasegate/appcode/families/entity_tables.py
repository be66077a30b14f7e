"""A class of TypeORM and its like, by its name or by an object of it -> its table."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import resolve
from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.models.naming import fits
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

LIBRARIES = re.compile(
    rb"""(?:from|require\()\s*['"](?:(?:@[\w-]+/)?typeorm|sequelize|sequelize-typescript"""
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
_REPOSITORIES = ("getRepository", "getCustomRepository", "getModel")
SUFFIX = re.compile(r"(Repository|Repo|Model|Entity|Dao|Store)$")


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


def receiver(node: ast.expr) -> tuple[str, bool]:
    """Name what a method is called on, and whether it stands for the whole table."""
    if isinstance(node, ast.Call):
        word = called_name(node)
        # A wrapper takes what belongs to the request before the class.
        last = node.args[-1] if node.args else None
        if word in _REPOSITORIES and last is not None:
            named = last.value if isinstance(last, ast.Constant) else last_word(last)
            return str(named), True
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return receiver(inner) if inner is not None else ("", False)
    word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return word, word[:1].isupper()


def class_taken(module: Module, node: ast.expr | None, contract: Contract) -> Relation | None:
    word = last_word(node) if node is not None else ""
    return by_word(module, word, contract) if word[:1].isupper() else None


def by_word(module: Module, word: str, contract: Contract) -> Relation | None:
    declared = module.project.entities(contract).get(word)
    names = dict.fromkeys((word, SUFFIX.sub("", word)))
    guessed = (r for name in names for r in contract.relations if fits(r.name, name))
    return declared or next(guessed, None)


def repository(module: Module, node: ast.expr) -> ast.expr:
    """Find ``source.getRepository(Run)`` behind the name that keeps it, or ``this``."""
    is_own = isinstance(node, ast.Name) and node.id in ("self", "super")
    around = module.class_of(node) if is_own else None
    own = _entity_of(around) if around is not None else _declared_entity(module, node)
    if own is not None:
        return ast.Call(ast.Name(_REPOSITORIES[0], ast.Load()), [own], [])
    origin = single_value(module, node)
    calls = ast.walk(origin[1].func) if origin and isinstance(origin[1], ast.Call) else ()
    is_one = origin is not None and any(
        isinstance(item, ast.Attribute) and item.attr in _REPOSITORIES for item in calls
    )
    return origin[1] if origin is not None and is_one else node


def _declared_entity(module: Module, node: ast.expr) -> ast.expr | None:
    """Find the entity of ``private repo: Repository<Run>``, or of a class that extends one."""
    known = [*origins(module, node)]
    known += [o for item in known if item.value for o in origins(item.module, item.value)]
    for origin in known:
        declared = origin.parameter if origin.parameter is not None else origin.node
        hint = getattr(declared, "annotation", None)
        if isinstance(hint, ast.Subscript) and last_word(hint.value).endswith("Repository"):
            return hint.slice
        if isinstance(hint, ast.Name) and hint.id.endswith("Repository"):
            owners = (owner for _, owner in resolve(origin.module, hint))
            return next((found for owner in owners if (found := _entity_of(owner))), hint)
    return None


def _entity_of(owner: ast.ClassDef) -> ast.expr | None:
    """Find the entity of ``class Runs extends Repository<Run>``, or of its ``super(Run, ...)``."""
    if not any(last_word(base).endswith("Repository") for base in owner.bases):
        return None
    handed = [
        call.args[0]
        for call in ast.walk(owner)
        if isinstance(call, ast.Call) and last_word(call.func) == "super" and call.args
    ]
    named: list[ast.expr] = getattr(owner, "base_types", [])
    return next((word for word in (*named, *handed) if last_word(word)[:1].isupper()), None)


def of_declared(module: Module, node: ast.expr, contract: Contract) -> Relation | None:
    """Find the class of a parameter that a row is taken away by: ``run: Run``."""
    hints = [o.parameter.annotation for o in origins(module, node) if o.parameter is not None]
    words = [item.id for hint in hints if hint for item in ast.walk(hint) if hasattr(item, "id")]
    return next((found for word in words if (found := by_word(module, word, contract))), None)


def of_made(
    module: Module, node: ast.expr, contract: Contract
) -> tuple[Relation | None, list[ast.expr]]:
    """Find the class of an object that is made in view: ``new Run()``, ``Run.build({...})``."""
    for made in _makers(module, node):
        word = receiver(made.func.value)[0] if isinstance(made.func, ast.Attribute) else ""
        own = last_word(made.func)
        word = own if own[:1].isupper() or isinstance(made.func, ast.Name) else word
        taken = class_taken(module, made.args[0] if made.args else None, contract)
        relation = taken or (by_word(module, word, contract) if word else None)
        if relation is not None:
            return relation, [node]
    return None, []


def _makers(module: Module, node: ast.expr) -> Iterator[ast.Call]:
    """Find the calls that made an object, or each one of a list: ``rows.map((row) => ...)``."""
    values = [origin.value for origin in origins(module, node)] or [node]
    for value in values:
        made = value.value if isinstance(value, ast.Await) else value
        is_list = isinstance(made, ast.Call) and called_name(made) == "map" and bool(made.args)
        function = made.args[0] if isinstance(made, ast.Call) and is_list else None
        listed = returned(module, function) if isinstance(function, FUNCTIONS) else (made,)
        yield from (item for item in listed if isinstance(item, ast.Call))
