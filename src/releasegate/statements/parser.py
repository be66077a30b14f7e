"""SQL text -> Statements with their places, by PostgreSQL's own grammar."""

from __future__ import annotations

import re
import textwrap
import threading
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import postgast
from google._upb import _message
from google.protobuf.message import DecodeError
from postgast import pg_query_pb2

from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

# The decoder's default depth refuses about 50 chained operators.
_message.SetAllowOversizeProtos(True)

#: A statement longer than this is refused: the parser's recursion is bounded by its input's size.
MAX_STATEMENT_BYTES = 1 << 20
MAX_STATEMENT_TOKENS = 100_000
MAX_TEXT_BYTES = 16 << 20
#: each costs memory and time by itself, however short it is
MAX_SEMICOLONS = 100_000
MAX_COMMENTS = 10_000
#: From here on parsing gets a thread of its own with a stack that no allowed input can exhaust.
_SMALL_TEXT_BYTES = 4096
_LONGEST_MESSAGE = 200
_STACK_BYTES = 512 << 20
_TOKENS = pg_query_pb2.Token
_COMMENTS = {_TOKENS.Value("SQL_COMMENT"), _TOKENS.Value("C_COMMENT")}
_BACKSLASH = _TOKENS.Value("ASCII_92")
_SEMICOLON = _TOKENS.Value("ASCII_59")
#: the subtype of ALTER TABLE ... OWNER TO
CHANGE_OWNER = pg_query_pb2.AlterTableType.Value("AT_ChangeOwner")
_UNRESERVED = pg_query_pb2.KeywordKind.Value("UNRESERVED_KEYWORD")
_UNQUOTED = re.compile(r"[a-z_][a-z0-9_$]*\Z")


class SqlError(Exception):
    """Text that the grammar refuses; ``line`` and ``column`` are 1-based, in characters."""

    def __init__(self, message: str, *, line: int, column: int) -> None:
        # The grammar quotes the token that it stumbled over, however long.
        super().__init__(textwrap.shorten(message, _LONGEST_MESSAGE, placeholder=" ..."))
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the lexer; offsets are in bytes of the UTF-8 text."""

    start: int
    end: int
    number: int
    #: a keyword that cannot stand as a name without quotes
    is_reserved: bool


class Source:
    """A text and its line starts: byte and character offsets to 1-based line and column."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bytes = text.encode()
        self._starts = [0, *(m.end() for m in re.finditer(rb"\n", self.bytes))]

    def place(self, offset: int) -> tuple[int, int]:
        """Turn a byte offset into line and column."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        return line, len(self.bytes[start:offset].decode(errors="replace")) + 1

    def place_of_character(self, index: int) -> tuple[int, int]:
        """Turn a 0-based character offset into line and column."""
        return self.place(len(self.text[: max(index, 0)].encode()))


@dataclass(frozen=True)
class Statement:
    """One statement of a text, without its semicolon and without what stands before it."""

    source: Source
    #: byte offsets in the source, first token to end
    start: int
    end: int
    #: the parser's name of it, such as ``alter_table_stmt``
    kind: str
    #: the statement's own message in the parse tree
    node: Any

    @cached_property
    def text(self) -> str:
        return self.source.bytes[self.start : self.end].decode()

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens without comments; offsets are in bytes of the source."""
        at = self.start
        found = without_comments(Source(self.text))
        return tuple(Token(at + t.start, at + t.end, t.number, t.is_reserved) for t in found)

    @cached_property
    def place(self) -> tuple[int, int]:
        """Line and column of the first token."""
        return self.source.place(self.start)

    @property
    def line(self) -> int:
        return self.place[0]

    def place_of_character(self, index: int) -> tuple[int, int]:
        """Turn a 0-based character offset in this statement into line and column of its source."""
        return self.source.place(self.start + len(self.text[: max(index, 0)].encode()))


def parse(text: str) -> tuple[Statement, ...]:
    """Parse a whole text.

    Raises:
        SqlError: where PostgreSQL 18's grammar refuses it, or it is too large or too deep.
    """
    source = Source(text)
    _check_size(source)
    try:
        tree = _with_deep_stack(lambda: postgast.parse(text), len(source.bytes))
    except postgast.PgQueryError as error:
        line, column = source.place_of_character(error.cursorpos - 1)
        raise SqlError(error.message, line=line, column=column) from error
    except DecodeError as error:
        raise SqlError("nested too deeply to be read", line=1, column=1) from error
    tokens = without_comments(source)
    starts = [token.start for token in tokens]
    return tuple(_statement(source, raw, tokens, starts) for raw in tree.stmts)


def _check_size(source: Source) -> None:
    """Bound what the parser's time grows with the square of, before it starts."""
    if len(source.bytes) > MAX_TEXT_BYTES:
        raise SqlError(f"longer than {MAX_TEXT_BYTES >> 20} MiB", line=1, column=1)
    if source.bytes.count(b"/*") > MAX_COMMENTS:
        raise SqlError(f"more than {MAX_COMMENTS} comments", line=1, column=1)
    if len(source.bytes) <= MAX_STATEMENT_TOKENS:
        return
    start = tokens = 0
    for token in scan(source):
        tokens += 1
        if token.end - start > MAX_STATEMENT_BYTES or tokens > MAX_STATEMENT_TOKENS:
            line, column = source.place(start)
            limits = f"{MAX_STATEMENT_BYTES >> 20} MiB or {MAX_STATEMENT_TOKENS} tokens"
            raise SqlError(f"a statement of more than {limits}", line=line, column=column)
        if token.number == _SEMICOLON:
            start, tokens = token.end, 0


def _statement(source: Source, raw: Any, tokens: list[Token], starts: list[int]) -> Statement:
    start = raw.stmt_location
    end = start + raw.stmt_len if raw.stmt_len else len(source.bytes)
    first = bisect_right(starts, start - 1)
    last = bisect_right(starts, end - 1) - 1
    kind = raw.stmt.WhichOneof("node")
    return Statement(source, tokens[first].start, tokens[last].end, kind, getattr(raw.stmt, kind))


def scan(source: Source) -> tuple[Token, ...]:
    """Split a text into tokens, comments among them.

    Raises:
        SqlError: at a quote, dollar quote or comment that does not end, or of too many statements.
    """
    if source.bytes.count(b";") > MAX_SEMICOLONS:
        raise SqlError(f"more than {MAX_SEMICOLONS} semicolons", line=1, column=1)
    try:
        found = postgast.scan(source.text).tokens
    except postgast.PgQueryError as error:
        line, column = source.place_of_character(error.cursorpos - 1)
        raise SqlError(error.message, line=line, column=column) from error
    return tuple(Token(t.start, t.end, t.token, t.keyword_kind > _UNRESERVED) for t in found)


def without_comments(source: Source) -> list[Token]:
    """Split a text into the tokens that the grammar sees."""
    return [token for token in scan(source) if token.number not in _COMMENTS]


def comments(source: Source) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every comment.

    Raises:
        SqlError: where the text cannot be split into tokens.
    """
    for token in scan(source):
        if token.number in _COMMENTS:
            yield source.place(token.start)[0], source.bytes[token.start : token.end].decode()


def backslashes(source: Source) -> Iterator[tuple[int, int]]:
    """Yield line and column of every backslash outside quotes and comments: psql's commands.

    Raises:
        SqlError: where the text cannot be split into tokens.
    """
    for token in scan(source):
        if token.number == _BACKSLASH:
            yield source.place(token.start)


def enum(kind: str, name: str) -> int:
    """Look a value of the grammar up, such as ``AlterTableType``, ``AT_AddColumn``."""
    return int(getattr(pg_query_pb2, kind).Value(name))


def walk(node: Any) -> Iterator[Any]:
    """Yield every message of a parse tree, the given one first, in the tree's order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        children: list[Any] = []
        for descriptor, value in current.ListFields():
            if descriptor.type == descriptor.TYPE_MESSAGE:
                children.extend([value] if hasattr(value, "ListFields") else value)
        stack.extend(reversed(children))


def kind_of(node: Any) -> str:
    """Name a message as the grammar does: ``FuncCall``, ``RangeVar``, ``Constraint``."""
    return str(node.DESCRIPTOR.name)


def relation(range_var: Any, *, default_schema: str = "public") -> Relation:
    return Relation(range_var.schemaname or default_schema, range_var.relname)


def strings(nodes: Any) -> tuple[str, ...]:
    """Read a list of String nodes."""
    return tuple(node.string.sval for node in nodes)


def quote(name: str) -> str:
    """Quote an identifier where PostgreSQL's lexer would need it (manual, 4.1.1)."""
    if _UNQUOTED.match(name) and not _is_reserved(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_relation(name: Relation) -> str:
    return f"{quote(name.schema)}.{quote(name.name)}"


def _is_reserved(name: str) -> bool:
    return any(token.is_reserved for token in scan(Source(name)))


def _with_deep_stack(work: Callable[[], T], size: int) -> T:
    """Run in a thread whose stack survives the deepest tree that the size allows."""
    if size < _SMALL_TEXT_BYTES:
        return work()
    result: list[T] = []
    failure: list[Exception] = []

    def body() -> None:
        try:
            result.append(work())
        except Exception as error:
            failure.append(error)

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=body, name="sql-parser")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failure:
        raise failure[0]
    return result[0]
