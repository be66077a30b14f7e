"""Classes of TypeORM, MikroORM and Sequelize -> the columns behind properties of other names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from releasegate.appcode.models.naming import fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.model import Relation

_CLASS = re.compile(rb"^[^\n/*]*?\bclass\s+(\w+)", re.MULTILINE)
#: what says a column's name: TypeORM's decorators, MikroORM's, sequelize-typescript's
_DECORATOR = re.compile(rb"@(\w+)\(")
_COLUMNS = {b"Column", b"PrimaryColumn", b"Property", b"PrimaryKey"}
_LINKS = {b"JoinColumn", b"ManyToOne", b"OneToOne"}
_NAME = re.compile(rb"""\b(?:name|field|fieldName|joinColumn)\s*:\s*['"](\w+)['"]""")
_PROPERTY = re.compile(
    rb"\s*(?:(?:public|private|protected|readonly|declare|override)\s+)*(\w+)\s*[?!]?\s*[:;=]"
)
#: Sequelize's ``ownerId: { type: DataTypes.UUID, field: "owner_id" }``
_ATTRIBUTE = re.compile(rb"""\b(\w+)\s*:\s*\{[^{}]{0,300}?\bfield\s*:\s*['"](\w+)['"]""")
_MARKS = (b"Column(", b"Property(", b"ManyToOne(", b"OneToOne(", b"field:")
_NEXT = re.compile(rb"\s*@\w+\(")
#: no decorator takes more, no property has more of them, and no class more properties
MAX_ARGUMENTS = 2000
MAX_DECORATORS = 12
MAX_PROPERTIES = 1000


@dataclass(frozen=True, slots=True)
class Renamed:
    #: property -> column
    columns: dict[str, str] = field(default_factory=dict)
    #: the same for properties that stand for another row
    links: dict[str, str] = field(default_factory=dict)


def renamed(
    contents: Mapping[str, bytes],
    suffixes: tuple[str, ...],
    declared: Mapping[str, Relation],
    contract: Contract,
) -> dict[Relation, Renamed]:
    """Read every class that stands for a table of the contract."""
    found: dict[Relation, Renamed] = {}
    for path, content in contents.items():
        if not path.endswith(suffixes) or not any(mark in content for mark in _MARKS):
            continue
        for word, body in _classes(content):
            relation = declared.get(word) or next(
                (known for known in contract.relations if fits(known.name, word)), None
            )
            if relation is not None:
                known = found.setdefault(relation, Renamed())
                _read(body, known)
    return found


def _classes(content: bytes) -> Iterator[tuple[str, bytes]]:
    starts = list(_CLASS.finditer(content))
    for index, match in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(content)
        yield match[1].decode(), content[match.end() : end]


def _read(body: bytes, found: Renamed) -> None:
    for match in islice(_DECORATOR.finditer(body), MAX_PROPERTIES):
        end = _closing(body, match.end())
        name = _NAME.search(body, match.end(), end)
        word = _property(body, end) if name and match[1] in _COLUMNS | _LINKS else None
        if name and word:
            kept = found.links if match[1] in _LINKS else found.columns
            kept[word] = name[1].decode()
    for match in _ATTRIBUTE.finditer(body):
        found.columns.setdefault(match[1].decode(), match[2].decode())


def _property(body: bytes, place: int) -> str | None:
    """Name the property that stands behind a decorator, and behind those that follow it."""
    for _ in range(MAX_DECORATORS):
        rest = _NEXT.match(body, place)
        if rest is None:
            break
        place = _closing(body, rest.end())
    match = _PROPERTY.match(body, place)
    return match[1].decode() if match else None


def _closing(body: bytes, place: int) -> int:
    """Go behind the bracket that ends a decorator's arguments."""
    depth = 1
    for index in range(place, min(place + MAX_ARGUMENTS, len(body))):
        depth += {40: 1, 41: -1}.get(body[index], 0)
        if not depth:
            return index + 1
    return place
