"""The baseline on a throwaway server, loaded once; every gate tries its file on copies of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate import baseline, catalog, database, migrations, throwaway
from releasegate.baseline import BaselineError
from releasegate.errors import CouldNotLook
from releasegate.model import Finding
from releasegate.session import MIGRATION_SEARCH_PATH
from releasegate.statements.parser import SqlError, parse
from releasegate.statements.sections import sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager, ExitStack

    from releasegate.baseline import Loaded, Setup
    from releasegate.catalog import Snapshot
    from releasegate.database import Connection
    from releasegate.gates import GateInputs, LiveTarget
    from releasegate.model import Migration
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database, Server


_LOCKED_MS = 2000


@dataclass(frozen=True)
class Ground:
    """A throwaway server and a database on it that nobody changes."""

    server: Server
    #: holds the schema that the migration starts from
    original: Database
    #: everything that it holds
    held: Snapshot
    #: how the baseline came onto it
    loaded: Loaded

    def copy(self) -> AbstractContextManager[Database]:
        """Make a database that starts where the migration does."""
        return self.server.database(copy_of=self.original)


def prepare(inputs: GateInputs, stack: ExitStack) -> Ground:
    """Load the baseline, then the earlier migrations in their order.

    Raises:
        BaselineError: a statement of either fails.
        CouldNotLook: there is no server to be had.
    """
    schema = inputs.baseline
    return lay(
        inputs.server.result(),
        schema.text,
        inputs.earlier,
        stack,
        setup=inputs.setup,
        say=schema.say,
    )


def start(inputs: GateInputs, stack: ExitStack) -> Server:
    """Start the throwaway server, or borrow one; the stack stops it.

    Raises:
        CouldNotLook: there is no server to be had.
    """
    return stack.enter_context(_server(inputs))


def lay(
    server: Server,
    text: str,
    earlier: Sequence[Migration],
    stack: ExitStack,
    *,
    setup: Setup | None = None,
    say: Callable[[int], str] = "line {}".format,
) -> Ground:
    """Make the original from a schema's text; ``say`` words a place in it.

    Raises:
        BaselineError: a statement fails.
    """
    original = stack.enter_context(server.database())
    loaded = baseline.load(text, into=original, server=server, setup=setup, say=say)
    for migration in earlier:
        _replay(migration, original)
    return Ground(server, original, snapshot(original), loaded)


def live_schema(server: Server, live: LiveTarget) -> str:
    """Dump the target's schema, without the ledger, as far as its role may read it.

    Raises:
        CouldNotLook: it may not, or a table stays locked.
    """
    options = ("--schema-only", "--exclude-schema=releasegate", f"--lock-wait-timeout={_LOCKED_MS}")
    return server.dump(live.parameters, *options, of_target=True)


def _replay(migration: Migration, made: Database) -> None:
    try:
        run(migration, made)
    except (BaselineError, SqlError) as error:
        message = f"the earlier migration {migration.name} fails at line {error.line}: {error}"
        raise BaselineError(message, line=1, column=1) from error


def run(migration: Migration, made: Database) -> None:
    """Run a migration's statements one by one, those between BEGIN and COMMIT together.

    Raises:
        BaselineError: one fails; it has the place.
    """
    with database.connect(made.owner, application_name="releasegate") as connection:
        run_over(connection, migration)


def run_over(connection: Connection, migration: Migration) -> None:
    """Run a migration over a connection, which is left in the transaction that failed.

    Raises:
        BaselineError: a statement fails; it has the place.
    """
    connection.execute(f"SET search_path = {MIGRATION_SEARCH_PATH}".encode())
    for section in sections(parse(migrations.text(migration))):
        if section.is_atomic:
            connection.execute("BEGIN")
        for statement in section.statements:
            _one(connection, statement)
        _end(connection, section.statements[-1], is_atomic=section.is_atomic)


def _one(connection: Connection, statement: Statement) -> None:
    try:
        # Set each time: the statement before may have lifted it.
        connection.execute(f"SET statement_timeout = '{baseline.TIMEOUT}'".encode())
        database.send(connection, statement.text)
    except psycopg.Error as error:
        raise baseline.failure(statement, error) from error


def _end(connection: Connection, last: Statement, *, is_atomic: bool) -> None:
    if not is_atomic:
        return
    try:
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute("COMMIT")
    except psycopg.Error as error:
        raise baseline.failure(last, error) from error


def snapshot(made: Database) -> Snapshot:
    """Read everything that a database on a throwaway server holds."""
    with database.connect(made.admin, application_name="releasegate") as connection:
        connection.execute("SET search_path = pg_catalog")
        return catalog.snapshot(connection)


# -- the server ------------------------------------------------------------------------------------


def _server(inputs: GateInputs) -> AbstractContextManager[Server]:
    if inputs.scratch is not None:
        return _borrowed(inputs)
    live = _live(inputs)
    major = database.major(live.connection) if live else None
    return throwaway.start(
        major=major,
        cache=inputs.settings.cache,
        extensions=baseline.extensions_of(inputs.baseline_statements),
        stand_ins=inputs.setup.stand_ins,
    )


def _live(inputs: GateInputs) -> LiveTarget | None:
    return None if inputs.live is None or isinstance(inputs.live, Finding) else inputs.live


@contextmanager
def _borrowed(inputs: GateInputs) -> Iterator[Server]:
    """Borrow the scratch server, unless it is the target's own or that cannot be told."""
    assert inputs.scratch is not None
    if isinstance(inputs.live, Finding):
        raise CouldNotLook(
            "Whether the scratch server is the target's own cannot be told: the target does not "
            "answer."
        )
    with throwaway.borrow(inputs.scratch) as server:
        if inputs.live and inputs.live.target.system_identifier == server.system_identifier:
            raise CouldNotLook("The scratch server is the target's own: give another one.")
        yield server
