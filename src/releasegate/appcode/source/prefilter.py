"""The bytes of a file -> what may stand in it; plain searches first, for there are many files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.source import halves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_QUOTES = b"\"'`"
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
#: what stands between a word of SQL and a name: blanks, a comment, the seam of two texts
_GAP = rb"(?:\s|/\*[^*]*\*/|[fbru]?[\"'`]|\+)+"
#: what stands before a table's name in SQL that writes
_WRITTEN = re.compile(
    rb"(\binto|\bupdate|\bfrom|\bjoin|\bonly|\bcopy|\btruncate|\btable|,)%(_)b(?:only%(_)b)?"
    rb"(?:[\"\w]+\s*\.\s*)?\"?\Z" % {b"_": _GAP}
)
#: what follows a backslash in a program's text -> what the database gets
_ESCAPES = {b'"': b'"', b"n": b"\n", b"t": b" ", b"r": b" ", b"\n": b" "}
_ESCAPED = re.compile(rb'\\(["ntr\n])')
_VERBS = (b"insert", b"update", b"delete", b"upsert", b"merge", b"copy", b"truncate")
#: PostgREST's path, in which a table's name is a part of a URL
_REST = b"/rest/v1"
_CALLS = (*_VERBS, b"post(", b"patch(", b"create", b"save", b"add", b"del(", b"write", b"store")
#: in what is put in or handed to a call -> where the verb begins before it: insert( and upsert(
_DYNAMIC = {
    **dict.fromkeys((b"into", b"update", b"delete", b"copy", b"truncate"), 0),
    b"sert(": 2,
}
_PUT_IN = re.compile(
    rb"(?P<text>(?:into|update|delete\s+from|copy|truncate(?:\s+table)?)\s+(?:only\s+)?"
    rb"(?:\"?\w+\"?\.)?(?=[{%$\"'])|(?<=insert )into(?=[\"']))"
    # ``db.insert(t).values``, ``copy_to_table(name)``
    rb"|(?P<call>(?:insert|update|delete)\(\s*[\w.]*\s*\)\s*\.(?:values|set|on|returning|where)"
    rb"|(?:(?:(?<=insert)|(?<=\.))into|updatetable|deletefrom|(?:(?<=batch)|(?<=bulk))insert"
    rb"|copy_records_to_table|copy_to_table|copy_from)\(\s*[^\s\"'`)])"
    # ``execute(insert(t), rows)``
    rb"|(?P<alone>(?:insert|update|delete)\(\s*[\w.]*\s*\))"
)
_LIBRARIES = (b"sqlalchemy", b"sqlmodel", b".tables[")
_BUILDERS = (b".table(", b".from", b"knex(")
#: ``_(``, ``<Row>(``, ``?.(`` after it, or what it ends with
_GIVEN = re.compile(rb"(?<=\()|_?(?:<[^()]{,80}>)?(?:\?\.)?\(")
#: nothing, or a text alone: what a builder is given in most places
_WRITTEN_DOWN = re.compile(rb"\s*(?:[rbu]?([\"'`])[^\"'`{$%]*\1\s*[,)]|\)|\Z)")
_GENERIC = (
    *(b"self._model(", b"(self._model", b"self.data_model("),
    *(b"self.model", b"cls.model", b"(model", b" model(", b"(entity"),
    *(b"session.delete(", b"db.delete(", b"sess.delete("),
    *(b"(cls)", b"(table)", b"tbl.insert(", b"table.insert(", b"cls.objects", b".Meta.model"),
)
_MODELLED = (b"Column(", b"_column(", b"Field(", b"Mapped[", b"ForeignKey")
_READS = (b"for update", b"for_update", b"select *", b"returning *")
_CONSTANT = re.compile(rb"\b([A-Z]\w*)['\"]?\s*[:=]\s*['\"`](\w+)['\"`]")
_USED = b"(.,)]`"
_ENDS = (b"\n", b"\r", b"")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the bytes of one file show."""

    #: a table's name stands in it as a word
    mentions: bool
    #: a table's name stands in quotes
    declares: bool
    #: SQL or a builder in it takes its table's name when it runs
    is_dynamic: bool
    #: a table's name stands where something is written
    writes: bool
    #: rows may be locked or read whole
    reads: bool
    #: a model's class may stand in it, where it is Python
    models: bool


def marked(contents: Mapping[str, bytes], tables: Iterable[str]) -> dict[str, Marks]:
    """Look at every file once."""
    names = [form.lower().encode() for name in tables for form in _forms(name)]

    def look(paths: Sequence[str]) -> list[Marks]:
        return [_marks(contents[path], names) for path in paths]

    first, second = halves.of(tuple(contents), look)
    return dict(zip(contents, (*first, *second), strict=True))


def _forms(name: str) -> set[str]:
    """Give a name as it is and as SQL quotes it."""
    return {name, name.replace('"', '""')}


def _unescaped(lower: bytes) -> bytes:
    r"""Write ``"INSERT INTO\n \"runs\""`` as the database gets it."""
    return _ESCAPED.sub(lambda found: _ESCAPES[found[1]], lower)


def _marks(content: bytes, names: list[bytes]) -> Marks:
    lower = _unescaped(content.lower())
    places = [(name, place) for name in names for place in _places(lower, name)]
    quoted = any(_is_quoted(lower, place, len(name)) for name, place in places)
    is_calling = bool(places) and any(word in lower for word in _CALLS)
    named = bool(places) and (
        quoted or _REST in lower or any(_is_written(lower, place) for _, place in places)
    )
    written = (is_calling and named) or any(
        lower.endswith(_REST + b"/", 0, place) for _, place in places
    )
    locks = named and any(word in lower for word in _READS)
    return Marks(
        mentions=bool(places),
        declares=quoted,
        is_dynamic=_is_dynamic(lower),
        writes=written,
        reads=locks,
        models=any(hint in content for hint in _MODELLED),
    )


def _places(lower: bytes, name: bytes) -> list[int]:
    """Find a name where it is a word of its own."""
    found: list[int] = []
    place = lower.find(name)
    size, end = len(name), len(lower)
    while place >= 0:
        after = place + size
        if (not place or lower[place - 1] not in _WORD) and (
            after >= end or lower[after] not in _WORD
        ):
            found.append(place)
        place = lower.find(name, after)
    return found


def _is_quoted(lower: bytes, place: int, size: int) -> bool:
    after = place + size
    if not place or after >= len(lower):
        return False
    return lower[place - 1] in b"\"'`." and lower[after] in _QUOTES


def _is_written(lower: bytes, place: int) -> bool:
    return bool(_WRITTEN.search(lower[max(place - 64, 0) : place]))


def _is_dynamic(lower: bytes) -> bool:
    """Say whether SQL, a builder or a call takes its table's name when it runs."""
    if _REST in lower:
        return True
    is_built = False
    for word, offset in _DYNAMIC.items():
        place = lower.find(word)
        while place >= 0:
            found = _PUT_IN.match(lower, place - offset)
            if found and _is_dynamic_at(lower, place - offset, found):
                return True
            is_built = is_built or lower[place - offset - 1 : place - offset] == b"."
            place = lower.find(word, place + len(word))
    return is_built and any(_takes_name(lower, builder) for builder in _BUILDERS)


def _is_dynamic_at(lower: bytes, place: int, found: re.Match[bytes]) -> bool:
    if found.lastgroup == "text":
        return _opens(lower, place) and _goes_on(lower[found.end() : found.end() + 16])
    return found.lastgroup == "call" or any(name in lower for name in _LIBRARIES)


def _opens(lower: bytes, place: int) -> bool:
    """Tell ``f"UPDATE {table}"`` from a sentence: the verb opens a text, or a line of one."""
    before = lower[max(place - 80, 0) : place].rstrip(b" \t")
    opened = not before or before[-1] in b"\"'`\n();"
    return opened or before.endswith((b"insert", b"merge"))


def _goes_on(after: bytes) -> bool:
    """Say whether a table's name is put in: ``{table}``, ``%s``, ``"{table}"``, ``" + table``."""
    if after[:1] in (b'"', b"'"):
        rest = after[1:].lstrip()
        is_added = rest[:1] in (b"+", b"%", b",", b".", b"f", b'"', b"'", b"{", b"$", b")", b"]")
        return is_added or b"+=" in rest
    return True


def _takes_name(lower: bytes, builder: bytes) -> bool:
    """Say whether a builder is given anything but a name that is written down."""
    place = lower.find(builder)
    while place >= 0:
        given = _GIVEN.match(lower, place + len(builder))
        if given and not _WRITTEN_DOWN.match(lower, given.end()):
            return True
        place = lower.find(builder, place + len(builder))
    return False


def speaks_of(content: bytes, words: Iterable[str]) -> bool:
    """Say whether a model is used, not only imported or annotated, or a class of models is."""
    listed = [word.encode() for word in words]
    if not listed:
        return False
    return any(_is_used(content, word) for word in listed) or any(
        word in content for word in _GENERIC
    )


def _is_used(content: bytes, word: bytes) -> bool:
    place = content.find(word)
    while place >= 0:
        after = place + len(word)
        is_word = not place or content[place - 1] not in _WORD
        is_used = after < len(content) and content[after] in _USED
        # ``runs = self.db.model.runs``: what stands at a line's end is taken from something.
        is_used = is_used or (
            content[place - 1 : place] == b"." and content[after : after + 1] in _ENDS
        )
        # ``import Run as RunModel``: what follows speaks of it by its other name.
        if is_word and (is_used or content.startswith(b" as ", after)):
            return True
        place = content.find(word, after)
    return False


def names_client(content: bytes, names: Iterable[str]) -> bool:
    """Say whether one of Prisma's models is spoken of: ``prisma.run.create``."""
    lower = content.lower()
    return b"prisma" in lower or any(f".{name.lower()}.".encode() in lower for name in names)


def constants(content: bytes, tables: Iterable[str]) -> set[bytes]:
    """Name what stands for a table in a file of constants: ``Runs = "runs"``, ``RUNS: "runs"``."""
    names = {name.encode() for name in tables}
    return {match[1] for match in _CONSTANT.finditer(content) if match[2] in names}


def takes_constant(content: bytes, words: Iterable[bytes]) -> bool:
    """Say whether a call is given one of them alone, as Knex's is: ``db(Table.Runs)``."""
    given = (word + b")" for word in words)
    return any(b"." + word in content or b"(" + word in content for word in given)
