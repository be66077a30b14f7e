"""Statements -> findings: what a migration file may not hold, each at its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate import findings
from releasegate.statements.embedded import bodies, embedded, has_body, is_made_up, words
from releasegate.statements.outside import (
    called,
    is_of_server,
    is_of_session,
    needs_stream,
    reached,
)
from releasegate.statements.parser import Source, Statement, kind_of, scan, strings, walk
from releasegate.statements.sections import (
    BEGIN,
    COMMIT,
    is_concurrent,
    is_transaction,
    runs_outside,
    sections,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from releasegate.model import Finding

_MAX_NAME_BYTES = 63
_LEDGER = "releasegate"
_QUERIES = frozenset({"insert_stmt", "update_stmt", "delete_stmt", "merge_stmt", "select_stmt"})
_SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema", "pg_toast"})
_IDENTIFIER = pg_query_pb2.Token.Value("IDENT")

_LANGUAGES = frozenset({"sql", "plpgsql"})
# Settings by which a file could undo what the session was set up for, or how answers are read.
_GUARDED = frozenset(
    """role session_authorization session_replication_role search_path row_security
    standard_conforming_strings client_encoding lock_timeout statement_timeout
    idle_in_transaction_session_timeout idle_session_timeout transaction_timeout
    synchronous_commit default_transaction_read_only transaction_read_only
    client_connection_check_interval application_name datestyle intervalstyle bytea_output
    extra_float_digits quote_all_identifiers plan_cache_mode default_transaction_isolation
    transaction_isolation transaction_deferrable session_preload_libraries
    local_preload_libraries tcp_keepalives_idle tcp_keepalives_interval tcp_keepalives_count
    tcp_user_timeout""".split()
)
_OURS = "releasegate."
_SESSION = {
    "discard_stmt": "DISCARD throws the session's locks and settings away",
    "prepare_stmt": "PREPARE outlives the transaction",
    "execute_stmt": "EXECUTE runs a statement that stands elsewhere",
    "deallocate_stmt": "DEALLOCATE acts on the session",
    "declare_cursor_stmt": "a cursor has no reader here",
    "fetch_stmt": "a cursor has no reader here",
    "close_portal_stmt": "a cursor has no reader here",
}


def refusals(
    statements: Sequence[Statement], *, extensions: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield what stands against executing these statements, in the file's order.

    ``extensions`` are those that policy allows a migration to create.
    """
    if not statements or all(s.kind == "transaction_stmt" for s in statements):
        yield findings.make("RG314", "There is no statement to apply in this file.")
        return
    yield from _frame(statements)
    atomic = {id(s) for part in sections(statements) if part.is_atomic for s in part.statements}
    for statement in statements:
        if id(statement) in atomic:
            yield from _not_in_transaction(statement)
        for rule in _RULES:
            yield from rule(statement)
        yield from _extension(statement, extensions)
    yield from _long_names(statements[0].source)


def body(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Leave BEGIN and COMMIT out."""
    return tuple(s for s in statements if s.kind != "transaction_stmt")


def _finding(code: str, statement: Statement, message: str, **rest: Any) -> Finding:
    line, column = statement.place
    return findings.make(code, message, line=line, column=column, **rest)


def _frame(statements: Sequence[Statement]) -> Iterator[Finding]:
    """At most one BEGIN with its COMMIT; what stands outside commits statement by statement."""
    opened = 0
    is_open = False
    for statement in statements:
        if statement.kind != "transaction_stmt":
            continue
        if (
            not is_open
            and is_transaction(statement, BEGIN)
            and opened == 0
            and _is_plain(statement)
        ):
            is_open, opened = True, 1
        elif is_open and is_transaction(statement, COMMIT) and _is_plain(statement):
            is_open = False
        else:
            word = statement.text.split()[0].upper()
            yield _finding("RG304", statement, f"{word} begins, ends or splits a second step.")
    if is_open:
        message = "The file does not end its transaction; psql would roll it back, and exit 0."
        yield _finding("RG305", statements[-1], message)


def _is_plain(statement: Statement) -> bool:
    return not statement.node.chain and not statement.node.options


def _not_in_transaction(statement: Statement) -> Iterator[Finding]:
    if is_concurrent(statement):
        yield _finding("RG306", statement, "CONCURRENTLY cannot run in the file's transaction.")
    elif runs_outside(statement):
        name = statement.text.split()[0].upper()
        yield _finding("RG306", statement, f"{name} cannot run in the file's transaction.")


def _outside(statement: Statement) -> Iterator[Finding]:
    for message in reached(statement):
        yield _finding("RG307", statement, message)


def _streams(statement: Statement) -> Iterator[Finding]:
    if needs_stream(statement):
        message = "COPY reaches a client's stream, which no plan has."
        yield _finding("RG307", statement, message, may_be_waived=False)


def _functions(statement: Statement) -> Iterator[Finding]:
    """What a function's body calls it calls in the app's sessions; in ours only if it is called."""
    own = called(statement)
    inside = {word for text in bodies(statement) for word in words(text)}
    found = {name for name in own | inside if is_of_server(name)}
    found |= {name for name in own if is_of_session(name)}
    if statement.kind == "do_stmt":
        found |= {name for name in inside if is_of_session(name)}
    for name in sorted(found):
        # What would let the run's own lock or settings go is never let pass.
        may_be_waived = not is_of_session(name)
        message = f"{name}() reaches outside this migration."
        yield _finding("RG307", statement, message, may_be_waived=may_be_waived)


def _bodies(statement: Statement) -> Iterator[Finding]:
    """Hold a body's statements to the same rules; a DO block runs them at once."""
    at_once = (_session, _system_catalogs) if statement.kind == "do_stmt" else ()
    rules = (_outside, _streams, *at_once)
    for inner in embedded(statement):
        if inner.kind == "transaction_stmt" and statement.kind == "do_stmt":
            yield _finding("RG304", statement, "The block ends the transaction that it runs in.")
        for found in (finding for rule in rules for finding in rule(inner)):
            kept = {"help": found.help, "may_be_waived": found.may_be_waived}
            yield _finding(found.code, statement, f"Inside: {found.message}", **kept)
    if is_made_up(statement):
        what = "block" if statement.kind == "do_stmt" else "function"
        message = f"The {what} executes a text that is made when it runs, and cannot be read here."
        yield _finding("RG320", statement, message)


def _language(statement: Statement) -> Iterator[Finding]:
    if not has_body(statement):
        return
    for part in walk(statement.node):
        if kind_of(part) == "DefElem" and part.defname == "language":
            name = part.arg.string.sval
            if name.lower() not in _LANGUAGES:
                yield _finding("RG307", statement, f"Language {name} runs code that is not SQL.")


def _session(statement: Statement) -> Iterator[Finding]:
    if statement.kind in _SESSION:
        yield _finding("RG308", statement, f"{_SESSION[statement.kind]}.")
    if statement.kind != "execute_stmt" and any(
        kind_of(part) == "ExecuteStmt" for part in walk(statement.node)
    ):
        yield _finding("RG308", statement, f"{_SESSION['execute_stmt']}.")
    if statement.kind != "variable_set_stmt":
        return
    node = statement.node
    name = node.name or "this"
    if not node.is_local:
        yield _finding(
            "RG308",
            statement,
            f"SET without LOCAL would outlive the transaction ({name}).",
            help="Write SET LOCAL, or take it out.",
        )
    elif _is_guarded(node.name):
        yield _finding("RG308", statement, f"{name} is set by releasegate for the whole run.")


def _is_guarded(name: str) -> bool:
    setting = name.lower()
    return setting in _GUARDED or setting.startswith((_OURS, "transaction"))


def _temporary(statement: Statement) -> Iterator[Finding]:
    """Whether a temporary table hides another of its name depends on who runs the file."""
    for part in walk(statement.node):
        if kind_of(part) != "RangeVar":
            continue
        if part.relpersistence == "t" or part.schemaname == "pg_temp":
            message = f"The temporary {part.relname} can stand in for a table of that name."
            help_ = "Use a common table expression, or a table with a schema and a name of its own."
            yield _finding("RG308", statement, message, help=help_)


def _system_catalogs(statement: Statement) -> Iterator[Finding]:
    """Writing to pg_settings is SET by another name; to any other catalog it is worse."""
    if _home(statement) in {*_SYSTEM_SCHEMAS, "pg_temp"}:
        yield _finding("RG308", statement, f"{_home(statement)} is the server's own.")
    for part in walk(statement.node):
        if kind_of(part) not in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
            continue
        name, schema = part.relation.relname, part.relation.schemaname
        if schema in _SYSTEM_SCHEMAS or (not schema and name.startswith("pg_")):
            yield _finding("RG308", statement, f"{name} is the server's own.")


def _home(statement: Statement) -> str:
    """Give the schema in which a statement makes or changes something; empty: it does not say."""
    node = statement.node
    for field in ("funcname", "defnames", "type_name", "domainname"):
        names = strings(getattr(node, field, None) or ())
        if len(names) > 1:
            return names[0]
    fields = ("relation", "view", "sequence", "typevar")
    targets = (getattr(node, field, None) for field in fields)
    is_query = statement.kind in _QUERIES
    return "" if is_query else next((t.schemaname for t in targets if t is not None), "")


def _ledger(statement: Statement) -> Iterator[Finding]:
    """Only a run writes the record of runs."""
    parts = list(walk(statement.node))
    named = {part.schemaname for part in parts if kind_of(part) == "RangeVar"}
    if statement.kind not in _QUERIES:
        # Names outside queries are lists of strings; in queries strings are mostly values.
        named |= {part.sval for part in parts if kind_of(part) == "String"}
    for body_text in bodies(statement):
        named |= words(body_text)
    if statement.kind == "create_schema_stmt":
        named.add(statement.node.schemaname)
    if _LEDGER in named:
        yield _finding("RG307", statement, "The schema releasegate belongs to releasegate's runs.")


def _extension(statement: Statement, allowed: Collection[str]) -> Iterator[Finding]:
    if statement.kind not in ("create_extension_stmt", "alter_extension_stmt"):
        return
    if statement.node.extname not in allowed:
        yield _finding(
            "RG307",
            statement,
            f"Extension {statement.node.extname} is not among the allowed ones.",
            help="Name it in [tool.releasegate.policy] extensions, in a reviewed commit.",
        )


def _long_names(source: Source) -> Iterator[Finding]:
    """Read names from tokens: the parser has cut them off already (manual, 4.1.1)."""
    for token in scan(source):
        raw = source.bytes[token.start : token.end]
        name = raw[1:-1].replace(b'""', b'"') if raw.startswith(b'"') else raw
        if token.number == _IDENTIFIER and len(name) > _MAX_NAME_BYTES:
            line, column = source.place(token.start)
            message = f"{name.decode()} has {len(name)} bytes; PostgreSQL keeps 63."
            yield findings.make("RG316", message, line=line, column=column)


_RULES = (
    _outside,
    _streams,
    _functions,
    _bodies,
    _language,
    _session,
    _temporary,
    _system_catalogs,
    _ledger,
)
