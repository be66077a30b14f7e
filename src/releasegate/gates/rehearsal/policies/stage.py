"""A copy with row security enabled -> rows of two owners and of none, and who may log in."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.gates.rehearsal.policies.roles import roles_for, session
from releasegate.model import Relation
from releasegate.specimens.columns import types_of
from releasegate.specimens.raw import ask
from releasegate.specimens.rows import Maker
from releasegate.specimens.values import candidates, constants
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from releasegate.database import Connection, Parameters
    from releasegate.gates.rehearsal.policies.declaration import Declaration, Parent, Table
    from releasegate.gates.rehearsal.policies.roles import Roles
    from releasegate.specimens.checks import Row
    from releasegate.specimens.columns import Column
    from releasegate.throwaway import Database

#: whose rows there are
A, B, NOBODY = "A", "B", "nobody"
WHOSE = (A, B, NOBODY)
#: numbers of the generated rows; apart, so that no unique key meets two of them
_MAIN, _SPARE, _NEW, _OWNERS, _TELLING = 100, 200, 300, 500, 400
#: more parents, for tables in which each of them can be used once
_MORE = (600, 700, 800, 900)
#: which of them a row takes; what an attempt changes takes those that no row has
_SLOTS = {_MAIN: 0, _SPARE: 1, _NEW: 2}
_FREE, _TOLD = 3, 4
_MOST_TELLING = 20
TABLE_OWNER = "table owner"
_GARBAGE = "no such user'"

_EXPRESSIONS = """
SELECT n.nspname, c.relname, pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""


@dataclass(frozen=True)
class Identity:
    """Somebody at work, over a connection of their own."""

    name: str
    connection: Connection
    #: what the session says by this setting; None: it never says who it is
    setting_name: str
    setting: str | None
    #: A or B, whom it acts for; None: nobody
    whose: str | None
    #: no policy binds it
    is_unbound: bool = False
    #: what somebody says who has used the same connection before
    another: str | None = None


@dataclass(frozen=True)
class Stage:
    declaration: Declaration
    #: sees every row, whatever the policies say, and is no administrator
    oracle: Connection
    #: the tables' owner, for changes of policies
    owner: Connection
    identities: tuple[Identity, ...]
    #: A and B -> how they are written
    users: Mapping[str, str]
    maker: Maker
    #: table -> whose -> rows: the first may have children, the others have none
    rows: Mapping[Relation, Mapping[str, list[Row]]]
    #: tables whose policies bind their owner too
    forced: frozenset[Relation]
    #: what the policies of a table compare with
    constants: Mapping[Relation, Sequence[str]]
    #: rows that could not be made, and why
    missing: dict[str, str] = field(default_factory=dict)

    def speak_for(self, whose: str) -> None:
        """Let triggers and defaults know for whom the oracle writes; policies do not bind it."""
        query = "SELECT pg_catalog.set_config($1, $2, false)"
        ask(self.oracle, query, (self.declaration.identity, self.users.get(whose, "")))

    def new(self, table: Table, whose: str) -> Row:
        """Make a row that is not there yet, with parents of the same owner."""
        return self._row(table, _NEW, whose)

    def _row(self, table: Table, number: int, whose: str) -> Row:
        row = self.maker.row(table.relation, number + WHOSE.index(whose))
        for parent in table.parents:
            row |= self.link(table, parent, whose, slot=_SLOTS.get(number, _TOLD))
        if table.via is None:
            row[table.column] = self.users.get(whose)
        elif whose == NOBODY:
            row |= dict.fromkeys(table.via.columns)
        return row

    def link(self, table: Table, parent: Parent, whose: str, *, slot: int = _FREE) -> Row:
        """Give the key's columns for somebody's parent; without one, none."""
        held = self.rows.get(parent.relation, {}).get(whose, [])
        pairs = zip(parent.columns, parent.parent_columns, strict=True)
        row = held[min(_seat(table, parent, slot), len(held) - 1)] if held else None
        return {child: row[other] if row else None for child, other in pairs}

    def fill(self) -> None:
        """Make rows for each owner in each table, parents first."""
        owned = {table.relation for table in self.declaration.ordered}
        for relation in [*self.maker.ordered(owned)]:
            if relation not in owned:
                self.maker.fill(relation)
        for table in self.declaration.ordered:
            for whose in WHOSE:
                self._fill(table, whose)

    def _fill(self, table: Table, whose: str) -> None:
        column = table.via.columns if table.via else (table.column,)
        if whose == NOBODY and not table.is_nullable(*column):
            return
        self.speak_for(whose)
        held = self.maker.rows.setdefault(table.relation, [])
        own = self.rows[table.relation][whose]
        tied = (one for one in self.declaration.ordered if one.is_tied)
        is_shared = any(p.relation == table.relation for one in tied for p in one.parents)
        for number in (_MAIN, _SPARE, *(_MORE if is_shared else ())):
            refusal = self.maker.insert(table.relation, self._row(table, number, whose))
            if refusal is None:
                own.append(held[-1])
            else:
                self.missing[f"a row of {whose} in {table.relation}"] = refusal
        for number, change in enumerate(self._telling(table), _TELLING):
            row = self._row(table, number * len(WHOSE), whose) | change
            if own and self.maker.insert(table.relation, row) is None:
                own.append(held[-1])

    def _telling(self, table: Table) -> Iterator[Row]:
        """Give values that a policy may look at: NULLs, and every constant that it names."""
        said = {name for parent in table.parents for name in parent.columns}
        free = [c for c in table.columns if c.name not in {*table.key, table.column, *said}]
        free = [column for column in free if not column.is_closed]
        yield {column.name: None for column in free if not column.is_required}
        values = dict.fromkeys(self.constants.get(table.relation, ()))
        made = ({column.name: value} for column in free for value in self._of(column, values))
        yield from islice(made, _MOST_TELLING)

    def _of(self, column: Column, values: Iterable[str]) -> Iterable[str]:
        kind = self.maker.types[column.type]
        if kind.name == "bool":
            return ("true", "false")
        return kind.labels or values


def _seat(table: Table, parent: Parent, slot: int) -> int:
    """Choose one of somebody's parents, so that no two rows have the same ones.

    The second is left without children: a delete has to meet one.
    """
    if not table.is_tied:
        return 0
    place = table.parents.index(parent)
    number = slot if len(table.parents) == 1 else (slot // 2, slot % 2, 0)[min(place, 2)]
    return number + 1 if number else 0


def enable(made: Database, declaration: Declaration) -> list[str]:
    """Switch row security on; tell where the file has done so itself."""
    query = "SELECT relrowsecurity FROM pg_catalog.pg_class WHERE oid = $1::text::regclass"
    already = []
    with database.connect(made.owner, application_name="releasegate") as owner:
        for relation in declaration.tables:
            if ask(owner, query, (quote_relation(relation),))[0][0]:
                already.append(str(relation))
            ask(owner, f"ALTER TABLE {quote_relation(relation)} ENABLE ROW LEVEL SECURITY")
    return already


@contextmanager
def opened(made: Database, declaration: Declaration) -> Iterator[Stage]:
    """Make the roles, log in as each, and fill the tables.

    Raises:
        CouldNotLook: the server lets nobody make roles that row security does not bind.
    """
    with ExitStack() as stack:
        roles = roles_for(made, declaration)
        oracle = stack.enter_context(session(roles.unbound))
        owner = stack.enter_context(session(made.owner))
        maker = Maker(oracle, ())
        users = _users(declaration, maker)
        everybody = [
            Identity(
                name,
                stack.enter_context(session(where)),
                declaration.identity,
                setting,
                whose,
                is_unbound,
                None if whose is None else users[B if whose == A else A],
            )
            for name, where, setting, whose, is_unbound in _cast(made, roles, users)
        ]
        rows: dict[Relation, dict[str, list[Row]]] = {
            name: {whose: [] for whose in WHOSE} for name in declaration.tables
        }
        forced = _forced(oracle, declaration)
        made_stage = Stage(
            declaration,
            oracle,
            owner,
            tuple(everybody),
            users,
            maker,
            rows,
            forced,
            _constants(owner),
            {f"members of {name}": "it may do too much" for name in roles.passed_over},
        )
        made_stage.fill()
        yield made_stage


def _forced(connection: Connection, declaration: Declaration) -> frozenset[Relation]:
    query = "SELECT relforcerowsecurity FROM pg_catalog.pg_class WHERE oid = $1::text::regclass"
    return frozenset(
        name for name in declaration.tables if ask(connection, query, (quote_relation(name),))[0][0]
    )


def _constants(owner: Connection) -> dict[Relation, list[str]]:
    found: dict[Relation, list[str]] = {}
    for schema, name, *texts in ask(owner, _EXPRESSIONS):
        held = found.setdefault(Relation(schema, name), [])
        held += [one for text in texts if text is not None for one in constants(text)]
    return found


_Part = tuple[str, "Parameters", str | None, str | None, bool]


def _cast(made: Database, roles: Roles, users: Mapping[str, str]) -> Iterator[_Part]:
    app = roles.app
    yield "no identity", app, None, None, False
    yield "emptied", app, "", None, False
    yield "garbage", app, _GARBAGE, None, False
    yield "user A", app, users[A], A, False
    yield "user B", app, users[B], B, False
    yield TABLE_OWNER, made.owner, None, None, True
    yield "BYPASSRLS", roles.unbound, None, None, True
    for name, where in roles.named.items():
        yield f"nobody as {name}", where, None, None, False
        yield f"user A as {name}", where, users[A], A, False


def _users(declaration: Declaration, maker: Maker) -> dict[str, str]:
    """Choose two owners: rows of the table that owners are kept in, else made-up values."""
    by = [table for table in declaration.ordered if table.via is None]
    if not by:
        raise CouldNotLook("no table is owned by a column of its own")
    kinds = {column.cast for t in by for column in t.columns if column.name == t.column}
    if len(kinds) > 1:
        raise CouldNotLook(f"owners are of several types: {', '.join(sorted(kinds))}")
    for table in by:
        for key in maker.parents(table.relation):
            if key.columns == (table.column,) and key.parent not in declaration.tables:
                return _of_rows(maker, key.parent, key.parent_columns[0])
    return _made_up(by[0], maker)


def _of_rows(maker: Maker, relation: Relation | None, column: str) -> dict[str, str]:
    assert relation is not None
    for one in [*maker.ordered([relation])]:
        maker.fill(one)
    values = [value for row in maker.rows.get(relation, ()) if (value := row[column]) is not None]
    if len(values) < len((A, B)):
        raise CouldNotLook(f"{relation} took no two rows to be owners")
    return {A: values[0], B: values[1]}


def _made_up(table: Table, maker: Maker) -> dict[str, str]:
    column = next(column for column in table.columns if column.name == table.column)
    types = types_of(maker.connection, maker.tables)
    found = [
        next(iter(candidates(types, column.type, column.modifier, number=_OWNERS + place)), None)
        for place in range(2)
    ]
    first, second = found
    if first is None or second is None:
        raise CouldNotLook(f"no value is known for {table.relation}.{table.column}")
    return {A: first, B: second}
