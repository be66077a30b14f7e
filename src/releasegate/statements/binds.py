"""An app's SQL with placeholders of any style -> SQL with $1, $2, ... and what each stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Stands in a text for a part that is put in at run time; never in a real source text.
HOLE = "\ue000"
HOLE_NAME = "__hole__"

#: A bind's key: its 0-based position among the arguments, or its name.
Key = int | str

_PIECE = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
  | (?P<insert>\binsert\s+)(?:or\s+(?:ignore|replace|abort|fail|rollback)|ignore)(?=\s+into\b)
  | (?P<rows>\bvalues\s+%[sL])
  | (?P<made>\bvalues\s*\ue000)
  | (?P<counted>\$\ue000)
  | (?P<settled>\bdo\s+update\s+set\s*\ue000(?=\s*(?:[;"]|\bwhere\b|\breturning\b|\Z)))
  | (?P<promise>\$[{(<\[/](?P<word>\w+)(?::\w+)?[})>\]/])
  | (?P<braced>\{\{(?P<inner>\w+)(?:::\w+)?\}\})
  | (?P<listed>\bin\s*)(?P<list>%\([^()]+\)s|%s|:[A-Za-z_]\w*)(?![\w(])
  | (?P<percent>%%|%\((?P<named>[^()]+)\)[sbt]|%[sbtL])
  | (?P<cast>::|:=)
  | (?P<colon>(?<![\w\])]):(?P<name>[A-Za-z_]\w*))
  | (?P<dollar>(?<![\w$])\$(?P<number>[0-9]{1,5}))
  | (?P<question>\?(?![|&?]))
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PERCENT = re.compile(r"%%|%\((?P<named>[^()]+)\)[sbt]|%[sbt]")
#: jsonb has operators named ``?``; a placeholder stands where a value can begin.
_BEFORE_VALUE = re.compile(
    r"([(,=<>+*/|-]|\b(values|set|where|on|having|between|and|or|not|limit|offset|in|like|select"
    r"|distinct|all|then|else|when|by))\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Normalised:
    sql: str
    #: what ``$1``, ``$2``, ... stand for
    keys: tuple[Key, ...]
    #: ``VALUES %s``: the bind is a list of rows
    rows: frozenset[int]


def normalise(text: str) -> Normalised:
    """Turn placeholders into ``$n`` and holes into an identifier; line breaks stay where they are.

    ``%`` follows psycopg's rules, which look inside quotes and comments too.
    """
    numbering = _Numbering()
    sql = _PIECE.sub(lambda match: _replaced(match, numbering), text)
    keys, rows = tuple(numbering.keys), frozenset(numbering.rows)
    return Normalised(sql.replace(HOLE, HOLE_NAME), keys, rows)


class _Numbering:
    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.rows: set[int] = set()
        self._positions = 0

    def next_position(self) -> str:
        self._positions += 1
        return self.of(self._positions - 1)

    def numbered(self, number: int) -> str:
        """Take ``$3`` as it is counted; what is counted at run time goes on from there."""
        self._positions = max(self._positions, number)
        return self.of(number - 1)

    def of(self, key: Key) -> str:
        self.keys.append(key)
        return f"${len(self.keys)}"


def _replaced(match: re.Match[str], numbering: _Numbering) -> str:
    text = match.group()
    if match["comment"] or match["quoted"]:
        return _PERCENT.sub(lambda inner: _percent(inner, numbering), text)
    if match["insert"]:
        # What SQLite and MySQL add says what happens on a conflict; the row is the same.
        return match["insert"]
    if match["rows"] or match["made"] or match["settled"]:
        return _filled(match, numbering)
    if match["counted"]:
        return numbering.next_position()
    if match["listed"]:
        return (
            f"{match['listed']}({_PIECE.sub(lambda one: _replaced(one, numbering), match['list'])})"
        )
    if match["percent"]:
        return _percent(match, numbering)
    if match["colon"] or match["promise"] or match["braced"]:
        return numbering.of(match["name"] or match["word"] or match["inner"])
    if match["dollar"]:
        return numbering.numbered(int(match["number"]))
    if match["question"] and _BEFORE_VALUE.search(match.string[: match.start()]):
        return numbering.next_position()
    return text


def _filled(match: re.Match[str], numbering: _Numbering) -> str:
    """Let ``VALUES %s``, ``VALUES <hole>`` and ``DO UPDATE SET <hole>`` be read on."""
    text = match.group()
    if match["settled"]:
        return f"{text[:-1]}{HOLE_NAME} = {HOLE_NAME}"
    bind = numbering.next_position() if match["rows"] else numbering.of(HOLE)
    numbering.rows.add(len(numbering.keys))
    return f"{text[: -2 if match['rows'] else -1]}({bind})"


def _percent(match: re.Match[str], numbering: _Numbering) -> str:
    if match.group() == "%%":
        return "%"
    return numbering.of(match["named"]) if match["named"] else numbering.next_position()
