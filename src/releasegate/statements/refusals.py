"""Statements -> findings: what a migration file may not hold, each at its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate import findings
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

# kind -> what it reaches, for the message
_OUTSIDE = {
    "alter_system_stmt": "the server's configuration",
    "load_stmt": "the server's files",
    "createdb_stmt": "other databases",
    "dropdb_stmt": "other databases",
    "alter_database_stmt": "the settings of a database",
    "alter_database_set_stmt": "the settings of a database",
    "alter_database_refresh_coll_stmt": "the settings of a database",
    "create_role_stmt": "roles, which all databases share",
    "alter_role_stmt": "roles, which all databases share",
    "alter_role_set_stmt": "roles, which all databases share",
    "drop_role_stmt": "roles, which all databases share",
    "grant_role_stmt": "roles, which all databases share",
    "drop_owned_stmt": "roles, which all databases share",
    "reassign_owned_stmt": "roles, which all databases share",
    "create_table_space_stmt": "the server's files",
    "drop_table_space_stmt": "the server's files",
    "alter_table_space_options_stmt": "the server's files",
    "create_fdw_stmt": "other servers",
    "alter_fdw_stmt": "other servers",
    "create_foreign_server_stmt": "other servers",
    "alter_foreign_server_stmt": "other servers",
    "create_user_mapping_stmt": "other servers",
    "alter_user_mapping_stmt": "other servers",
    "drop_user_mapping_stmt": "other servers",
    "create_foreign_table_stmt": "other servers",
    "import_foreign_schema_stmt": "other servers",
    "create_subscription_stmt": "other servers",
    "alter_subscription_stmt": "other servers",
    "drop_subscription_stmt": "other servers",
    "create_event_trig_stmt": "every later statement of every session",
    "alter_event_trig_stmt": "every later statement of every session",
    "create_plang_stmt": "the server's programs",
    "check_point_stmt": "the whole server",
    "notify_stmt": "other sessions",
    "listen_stmt": "other sessions",
    "unlisten_stmt": "other sessions",
}
# Functions that reach the server's files, other servers, other sessions or our own session.
_FUNCTIONS = frozenset(
    """pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export pg_file_write
    pg_reload_conf pg_rotate_logfile pg_switch_wal pg_promote pg_terminate_backend
    pg_cancel_backend pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared
    set_config pg_settings pg_notify pg_create_physical_replication_slot dblink dblink_exec
    dblink_connect
    dblink_send_query pg_create_logical_replication_slot pg_drop_replication_slot""".split()
)
_LANGUAGES = frozenset({"sql", "plpgsql"})
# Settings by which a file could undo what the session was set up for.
_GUARDED = frozenset(
    """role session_authorization session_replication_role search_path row_security
    standard_conforming_strings client_encoding lock_timeout statement_timeout
    idle_in_transaction_session_timeout idle_session_timeout transaction_timeout
    synchronous_commit default_transaction_read_only transaction_read_only
    client_connection_check_interval application_name""".split()
)
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
    if statement.kind in _OUTSIDE:
        reach = _OUTSIDE[statement.kind]
        words = " ".join(statement.text.split()[:2]).upper()
        yield _finding("RG307", statement, f"{words} reaches {reach}.")
    if statement.kind == "copy_stmt":
        yield _finding("RG307", statement, f"COPY reaches {_copy_end(statement.node)}.")


def _copy_end(node: Any) -> str:
    if node.is_program:
        return "a program on the server"
    return "a file on the server" if node.filename else "a client's stream, which no plan has"


def _functions(statement: Statement) -> Iterator[Finding]:
    called = {
        strings(part.funcname)[-1] for part in walk(statement.node) if kind_of(part) == "FuncCall"
    }
    for body_text in _bodies(statement):
        called |= _words(body_text)
    for name in sorted(called & _FUNCTIONS):
        yield _finding("RG307", statement, f"{name}() reaches outside this migration.")


def _bodies(statement: Statement) -> Iterator[str]:
    """Yield the source texts of DO blocks and of functions."""
    if statement.kind not in ("do_stmt", "create_function_stmt"):
        return
    for part in walk(statement.node):
        if kind_of(part) == "DefElem" and part.defname == "as":
            yield from (text.sval for text in walk(part.arg) if kind_of(text) == "String")


def _words(text: str) -> set[str]:
    try:
        source = Source(text)
        return {source.bytes[t.start : t.end].decode().lower().strip('"') for t in scan(source)}
    except Exception:  # a body that is no SQL at all has no call that we could name
        return set()


def _language(statement: Statement) -> Iterator[Finding]:
    if statement.kind not in ("do_stmt", "create_function_stmt"):
        return
    for part in walk(statement.node):
        if kind_of(part) == "DefElem" and part.defname == "language":
            name = part.arg.string.sval
            if name.lower() not in _LANGUAGES:
                yield _finding("RG307", statement, f"Language {name} runs code that is not SQL.")


def _session(statement: Statement) -> Iterator[Finding]:
    if statement.kind in _SESSION:
        yield _finding("RG308", statement, f"{_SESSION[statement.kind]}.")
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
    elif node.name.lower() in _GUARDED or node.name.startswith("TRANSACTION"):
        yield _finding("RG308", statement, f"{name} is set by releasegate for the whole run.")


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
    for part in walk(statement.node):
        if kind_of(part) not in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
            continue
        name, schema = part.relation.relname, part.relation.schemaname
        if schema in _SYSTEM_SCHEMAS or (not schema and name.startswith("pg_")):
            yield _finding("RG308", statement, f"{name} is the server's own.")


def _ledger(statement: Statement) -> Iterator[Finding]:
    """Only a run writes the record of runs."""
    parts = list(walk(statement.node))
    named = {part.schemaname for part in parts if kind_of(part) == "RangeVar"}
    if statement.kind not in _QUERIES:
        # Names outside queries are lists of strings; in queries strings are mostly values.
        named |= {part.sval for part in parts if kind_of(part) == "String"}
    for body_text in _bodies(statement):
        named |= _words(body_text)
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
    _functions,
    _language,
    _session,
    _temporary,
    _system_catalogs,
    _ledger,
)
