"""A type and a row's number -> texts that the server may read as values of it, likeliest first."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from releasegate.statements.parser import SqlError, kind_of, parse, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from releasegate.specimens.columns import Type

_LONGEST_HINT = 1000
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS_A_MONTH = 28


def candidates(
    types: Mapping[int, Type], oid: int, modifier: int, *, number: int, hints: Iterable[str] = ()
) -> tuple[str, ...]:
    """Make values for one column of one row; empty where the type is strange to us.

    Rows of different numbers get different values first, where the type has as many. ``hints``
    are constants of the checks that the value must meet; only those stay that fit the type.
    """
    kind = types[oid]
    if kind.kind == "d":
        own = (*hints, *(hint for check in kind.checks for hint in constants(check)))
        return candidates(types, kind.base, kind.modifier, number=number, hints=own)
    if kind.kind == "e":
        turn = number % max(len(kind.labels), 1)
        return kind.labels[turn:] + kind.labels[:turn]
    if kind.category == "A":
        return _arrays(candidates(types, kind.element, modifier, number=number, hints=hints))
    made = _made(kind, modifier, number)
    return tuple(dict.fromkeys((*made, *_fitting(kind, modifier, hints))))


def _made(kind: Type, modifier: int, number: int) -> tuple[str, ...]:
    if kind.name == "numeric":
        return _numerics(modifier, number)
    if kind.name in ("bit", "varbit"):
        return _bits(kind.name, modifier, number)
    if kind.name in _MAKERS:
        return _MAKERS[kind.name](number)
    if kind.kind == "m" and kind.name.removesuffix("multirange") + "range" in _MAKERS:
        ranges = _MAKERS[kind.name.removesuffix("multirange") + "range"](number)
        return tuple(f"{{{one}}}" for one in ranges)
    return _texts(modifier, number) if kind.category == "S" else ()


def _texts(modifier: int, number: int) -> tuple[str, ...]:
    """Write what people demand of texts: names, addresses, paths, digests, codes."""
    letters = _letters(number)
    some = (
        f"a{number}",
        letters,
        letters.upper(),
        letters[-2:].upper(),
        letters[-3:].upper(),
        letters[-1],
        f"{number:05d}",
        f"a{number}@example.org",
        f"https://example.org/{number}",
        f"/a/{number}",
        _uuid(number),
        f"{number:032x}",
        f"{number:040x}",
        f"{number:064x}",
        f"+49301234{number:04d}",
        "2026-01-01",
        "",
        " ",
        "x" * 300,
    )
    limit = modifier - 4 if modifier > 0 else _LONGEST_HINT
    return tuple(text for text in some if len(text) <= limit)


def _letters(number: int) -> str:
    """Spell a number with five letters."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in range(4, -1, -1))


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def _numerics(modifier: int, number: int) -> tuple[str, ...]:
    if modifier < 0:
        return (f"{number}", f"0.{number}", f"-{number}", "0", "1000000")
    precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    whole = precision - scale
    small = f"{number % 10 ** min(scale, 9):0{scale}d}" if scale else "0"
    some = [f"{number % 10 ** min(whole, 9)}", f"0.{small}"] if whole > 0 else [f"0.{small}"]
    return (*some, f"-{some[0]}", "0")


def _bits(name: str, modifier: int, number: int) -> tuple[str, ...]:
    width = modifier if modifier > 0 else 1 if name == "bit" else 8
    return (f"{number % 2 ** min(width, 16):0{width}b}", "0" * width, "1" * width)


def _integers(number: int) -> tuple[str, ...]:
    return (f"{number}", f"{number + 1000}", "0", f"-{number}", "100", "10000")


def _floats(number: int) -> tuple[str, ...]:
    return (f"{number}", f"0.{number}", f"-{number}", "0", "1000000")


def _moments(tail: str) -> Callable[[int], tuple[str, ...]]:
    def make(number: int) -> tuple[str, ...]:
        day = number % _DAYS_A_MONTH + 1
        years = 2026 + number // _DAYS_A_MONTH % 900, 1970, 2999
        return tuple(f"{year:04d}-01-{day:02d}{tail}" for year in years)

    return make


def _documents(number: int) -> tuple[str, ...]:
    return (f'{{"a": {number}}}', f"[{number}]", f"{number}", f'"a{number}"', "{}", "null")


def _dates_between(number: int) -> tuple[str, ...]:
    days = [_moments("")(number * 2 + one)[0] for one in (0, 1)]
    return (f"[{days[0]},{days[1]})" if days[0] < days[1] else f"[{days[0]},]", "empty")


def _numbers_between(number: int) -> tuple[str, ...]:
    return (f"[{number * 2},{number * 2 + 1})", "empty", "(,)")


def _only(pattern: str) -> Callable[[int], tuple[str, ...]]:
    """Write a number, as a decimal or hexadecimal byte, into a pattern."""
    return lambda number: (pattern.format(n=number, byte=number % 250, hex=number % 256),)


_MAKERS: dict[str, Callable[[int], tuple[str, ...]]] = {
    "uuid": lambda number: (_uuid(number),),
    "int2": _integers,
    "int4": _integers,
    "int8": _integers,
    "oid": lambda number: (f"{number}",),
    "float4": _floats,
    "float8": _floats,
    "money": _floats,
    "bool": lambda number: ("true", "false") if number % 2 else ("false", "true"),
    "date": _moments(""),
    "timestamp": _moments(" 12:00:00"),
    "timestamptz": _moments(" 12:00:00+00"),
    "time": lambda number: (f"12:{number // 60 % 60:02d}:{number % 60:02d}",),
    "timetz": lambda number: (f"12:{number // 60 % 60:02d}:{number % 60:02d}+00",),
    "interval": lambda number: (f"{number} minutes", "0", f"-{number} minutes", "10 years"),
    "json": _documents,
    "jsonb": _documents,
    "bytea": lambda number: (rf"\x{number:08x}", rf"\x{number:032x}", rf"\x{number:064x}", r"\x"),
    "inet": _only("10.0.{byte}.1"),
    "cidr": _only("10.0.{byte}.0/24"),
    "macaddr": _only("02:00:00:00:00:{hex:02x}"),
    "macaddr8": _only("02:00:00:00:00:00:00:{hex:02x}"),
    "char": lambda number: (chr(ord("a") + number % 26),),
    "name": lambda number: (f"a{number}",),
    "tsvector": _only("a{n}"),
    "tsquery": _only("a{n}"),
    "point": _only("({n},0)"),
    "box": _only("({n},1),({n},0)"),
    "lseg": _only("[({n},0),({n},1)]"),
    "line": _only("{{1,-1,{n}}}"),
    "path": _only("[({n},0),({n},1)]"),
    "polygon": _only("(({n},0),({n},1),(0,0))"),
    "circle": _only("<({n},0),1>"),
    "pg_lsn": _only("0/{hex:X}"),
    "hstore": _only("a=>{n}"),
    "ltree": _only("a.b{n}"),
    "int4range": _numbers_between,
    "int8range": _numbers_between,
    "numrange": _numbers_between,
    "daterange": _dates_between,
    "tsrange": _dates_between,
    "tstzrange": _dates_between,
}


def _arrays(elements: tuple[str, ...]) -> tuple[str, ...]:
    return (*(array((one,)) for one in elements[:4]), "{}")


def array(elements: Iterable[str]) -> str:
    """Write a one-dimensional array (manual, 8.15.6)."""
    escaped = (one.replace("\\", "\\\\").replace('"', '\\"') for one in elements)
    return "{" + ",".join(f'"{one}"' for one in escaped) + "}"


def constants(expression: str) -> tuple[str, ...]:
    """Read the constants of an expression; whoever meets it is often one of them, or beside one."""
    try:
        statements = parse(f"SELECT {expression}")
    except SqlError:
        return ()
    nodes = (node for one in statements for node in walk(one.node))
    found = (text for node in nodes if kind_of(node) == "A_Const" for text in _constant(node))
    return tuple(dict.fromkeys(islice(found, 100)))


def _constant(node: object) -> Iterator[str]:
    field = node.WhichOneof("val")  # type: ignore[attr-defined]
    if field in ("sval", "ival", "fval"):
        yield str(getattr(getattr(node, field), field))


def _fitting(kind: Type, modifier: int, hints: Iterable[str]) -> Iterator[str]:
    for hint in hints:
        is_number = _NUMBER.match(hint) is not None
        if kind.category == "N" and is_number:
            yield from _beside(hint)
        elif kind.category == "S":
            yield from _written(hint, modifier, is_number=is_number)
        elif kind.category == "D" and _DATE.match(hint):
            yield hint


def _beside(hint: str) -> Iterator[str]:
    yield hint
    if "." not in hint:
        yield str(int(hint) + 1)
        yield str(int(hint) - 1)


def _written(hint: str, modifier: int, *, is_number: bool) -> Iterator[str]:
    """A text of the very words, of the pattern filled in, of the length that is spoken of."""
    limit = modifier - 4 if modifier > 0 else _LONGEST_HINT
    some = [hint, hint.replace("%", "a").replace("_", "b")]
    if is_number and "." not in hint and 0 < int(hint) < _LONGEST_HINT:
        some += ["x" * length for length in (int(hint), int(hint) + 1, int(hint) - 1)]
    yield from (text for text in some if len(text) <= limit)
