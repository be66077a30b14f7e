"""Statements -> actions: ALTER TABLE taken apart, each part with its own text."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from releasegate.statements import parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from releasegate.model import Relation
    from releasegate.statements.parser import Statement, Token

_OPENING, _CLOSING = frozenset(b"(["), frozenset(b")]")


class Unsplittable(Exception):
    """The commands of an ALTER TABLE that cannot be told apart in its text."""


@dataclass(frozen=True)
class Action:
    """One thing that a statement does: an ALTER TABLE's command, or a whole other statement."""

    statement: Statement
    #: the parse tree's AlterTableCmd; None where the statement is one action
    command: Any | None
    #: byte offsets in the source, first token to end
    start: int
    end: int

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, 1-based."""
        return self.statement.source.place(self.start)

    @property
    def text(self) -> str:
        return self.statement.source.bytes[self.start : self.end].decode()

    @cached_property
    def table(self) -> Relation:
        """The table that an ALTER TABLE or CREATE INDEX is about."""
        return parser.relation(self.statement.node.relation)

    @property
    def definition(self) -> Any:
        """What an ALTER TABLE's command gives the table: a column or a constraint."""
        return getattr(self.command, "def")

    def piece(self, start: int, end: int, *, tables: Iterable[Any] = ()) -> str:
        """Cut a piece out of the source, first token to last, with its tables' names in full.

        ``tables`` are the RangeVars that stand in it.
        """
        tokens = self._between(start, end)
        cuts = sorted(self._cut(table) for table in tables)
        source, parts, at = self.statement.source.bytes, [], tokens[0].start
        for first, last, name in cuts:
            parts += [source[at:first].decode(), name]
            at = last
        return "".join([*parts, source[at : tokens[-1].end].decode()])

    def end_of_name(self, range_var: Any) -> int:
        """Find where a table's name ends in the source."""
        return self._cut(range_var)[1]

    def _cut(self, range_var: Any) -> tuple[int, int, str]:
        parts = 1 + bool(range_var.schemaname) + bool(range_var.catalogname)
        tokens = self._between(range_var.location, self.statement.end)
        name = parser.quote_relation(parser.relation(range_var))
        return range_var.location, tokens[2 * parts - 2].end, name

    def _between(self, start: int, end: int) -> Sequence[Token]:
        tokens = self.statement.tokens
        first = bisect_left(tokens, start, key=lambda token: token.start)
        last = bisect_left(tokens, end, key=lambda token: token.start)
        return tokens[first:last]


def actions(statement: Statement) -> tuple[Action, ...]:
    """Take a statement apart.

    Raises:
        Unsplittable: its commands and the commas in its text do not agree.
    """
    if statement.kind != "alter_table_stmt":
        return (Action(statement, None, statement.start, statement.end),)
    commands = [item.alter_table_cmd for item in statement.node.cmds]
    spans = list(_spans(statement))
    if len(spans) != len(commands):
        raise Unsplittable
    pairs = zip(commands, spans, strict=True)
    return tuple(Action(statement, command, *span) for command, span in pairs)


def _spans(statement: Statement) -> Iterator[tuple[int, int]]:
    """Yield where each command starts and ends: at the commas outside every bracket."""
    whole = Action(statement, None, statement.start, statement.end)
    after_name = whole.end_of_name(statement.node.relation)
    tokens = [token for token in statement.tokens if token.start >= after_name]
    source = statement.source.bytes
    if tokens and source[tokens[0].start : tokens[0].end] == b"*":
        tokens = tokens[1:]
    depth, first = 0, 0
    for number, token in enumerate(tokens):
        text = source[token.start : token.end]
        depth += (text[0] in _OPENING) - (text[0] in _CLOSING) if len(text) == 1 else 0
        if text == b"," and depth == 0 and first < number:
            yield tokens[first].start, tokens[number - 1].end
            first = number + 1
    if first < len(tokens):
        yield tokens[first].start, tokens[-1].end
