"""Connection parameters -> sessions whose settings are known, and what their errors mean."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from releasegate.attended import Attended
from releasegate.errors import CouldNotLook, UsageError
from releasegate.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_TIMEOUT_S = 10
#: no signal is seen during a ping; the least that libpq takes (manual, 34.1.2)
_PING_S = 2
SUPPORTED_MAJORS = range(15, 19)

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"
SERIALIZATION_FAILURE = "40001"
QUERY_CANCELED = "57014"
NO_RIGHT = "42501"
#: rolled back for sure, and worth another try
RETRYABLE = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED, SERIALIZATION_FAILURE})

_SERVICE_FILES = frozenset({"PGSERVICEFILE", "PGSYSCONFDIR"})

#: what role and database may have set otherwise, and what our reading of answers depends on
PLAIN_SETTINGS = {
    "datestyle": "ISO, MDY",
    "timezone": "UTC",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "jit": "off",
    "default_transaction_isolation": "read committed",
    "lock_timeout": "0",
    "idle_session_timeout": "10min",
    "idle_in_transaction_session_timeout": "1min",
}

#: source files of procedural languages, in the server's source (src/pl)
_LANGUAGES = ("pl_", "plpy", "plperl", "pltcl")

# One sentence a SQLSTATE: the server's own text may hold rows' values (manual, appendix A).
_MEANINGS = {
    "22": "a value does not fit its type",
    "23502": "a row has NULL where the migration demands a value",
    "23503": "a row refers to a parent that does not exist",
    "23505": "two rows have the same key",
    "23514": "a row violates a check",
    "25006": "the session is read-only",
    "3F000": "a schema does not exist",
    NO_RIGHT: "the role lacks a right",
    "42601": "the server's grammar refuses the statement",
    "42701": "a column exists already",
    "42703": "a column does not exist",
    "42710": "an object exists already",
    "42804": "two columns that must agree have different types",
    "42830": "the referenced columns are not unique",
    "42P01": "a table does not exist",
    "42P07": "a table or index exists already",
    "53": "the server is out of room, memory or connections",
    DEADLOCK_DETECTED: "two sessions waited for each other",
    LOCK_NOT_AVAILABLE: "a lock was not to be had in time",
    QUERY_CANCELED: "the statement was cancelled",
    "57P": "the server ended the session",
}


@dataclass(frozen=True)
class Parameters:
    """libpq connection parameters that never show themselves."""

    values: Mapping[str, str]
    #: a pooler in session mode may stand before the server
    may_be_pooled: bool = False

    def __repr__(self) -> str:
        return "Parameters(...)"

    def dsn(self, **extra: str) -> str:
        return make_conninfo("", **{**self.values, **extra})

    def environment(self) -> dict[str, str]:
        """Give the variables by which libpq's own programs take them (manual, 34.15)."""
        known = pq.Conninfo.get_defaults()
        names = {one.keyword.decode(): one.envvar.decode() for one in known if one.envvar}
        # What its service says is among the values already.
        named = {names[key]: value for key, value in self.values.items() if key in names and value}
        return {name: value for name, value in named.items() if name != "PGSERVICE"}


def target_parameters(text: str) -> Parameters:
    """Read a URL or keyword string and complete it from libpq's environment (manual, 34.15).

    The environment's ``PG*`` variables are taken out of it, so that they reach no other connection
    and no child process.

    Raises:
        UsageError: it is neither. The text stays out of the message: it may hold a password.
    """
    values = dict(given_parameters(text).values)
    if "service" in values:
        os.environ["PGSERVICE"] = values["service"]
    if "host" in values:
        # Neither the environment nor a service may lead a named host elsewhere.
        values.setdefault("hostaddr", "")
    for option in pq.Conninfo.get_defaults():
        # What nobody has chosen is left to libpq: some defaults follow from other parameters.
        if option.val and option.val != option.compiled:
            values.setdefault(option.keyword.decode(), option.val.decode())
    scrub_environment()
    return Parameters(values)


def given_parameters(text: str) -> Parameters:
    """Read a URL or keyword string alone.

    Raises:
        UsageError: it is neither.
    """
    try:
        given = conninfo_to_dict(text)
    except psycopg.Error:
        raise UsageError(
            "The database URL is not a valid connection string. Percent-encode special "
            "characters in its parts: postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE"
        ) from None
    return Parameters({key: str(value) for key, value in given.items() if value is not None})


def scrub_environment() -> None:
    """Forget every ``PG*`` variable but those that only say where services are described."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        if name not in _SERVICE_FILES:
            del os.environ[name]


def connect(
    parameters: Parameters, *, application_name: str, is_told: bool = True, **extra: str
) -> Attended:
    """Open one autocommit session; where it is not told why that failed, it is over sooner.

    Raises:
        CouldNotLook: no session was to be had. The message names neither host nor password: in a
            mistyped URL the one can be the other.
    """
    given = {
        "connect_timeout": str(CONNECT_TIMEOUT_S),
        "application_name": application_name,
        "client_encoding": "UTF8",
        **extra,
    }
    dsn = parameters.dsn(**given)
    try:
        return Attended.connect(dsn, autocommit=True)
    except psycopg.OperationalError as error:
        pinged = parameters.dsn(**{**given, "connect_timeout": str(_PING_S)})
        why = _why_not(pinged, parameters, error) if is_told else "Nothing answered."
        raise CouldNotLook(why) from None


def as_reached(connection: Connection, parameters: Parameters) -> Parameters:
    """Name the very server that was reached: of several hosts or addresses, or of a service's."""
    info = connection.info
    known = {
        "host": info.host,
        "hostaddr": info.hostaddr,
        "port": str(info.port),
        "user": info.user,
        "dbname": info.dbname,
    }
    password = {"password": info.password} if info.password else {}
    return replace(parameters, values={**parameters.values, **known, **password})


def _why_not(dsn: str, parameters: Parameters, error: psycopg.OperationalError) -> str:
    """Tell the cases apart by a ping, which needs no login; connect errors carry no SQLSTATE."""
    match pq.PGconn.ping(dsn.encode()):
        case pq.Ping.OK if isinstance(error, psycopg.errors.ConnectionTimeout):
            return "The server answers but let nobody in while we waited: it is overloaded."
        case pq.Ping.OK:
            return (
                "The server answers but did not let us in: check role, password, database name, "
                f"pg_hba.conf and the connection limit.{_password_file(parameters)}"
            )
        case pq.Ping.REJECT:
            return "The server is there but takes no connections: it is starting or stopping."
        case pq.Ping.NO_RESPONSE:
            return (
                "Nothing answered: check host, port and the network "
                f"(a try lasts {CONNECT_TIMEOUT_S} s at most)."
            )
        case _:
            return (
                "The connection parameters are not usable: check service, host, port and sslmode."
            )


def _password_file(parameters: Parameters) -> str:
    """Say why libpq has passed a password file over (manual, 34.16)."""
    named = parameters.values.get("passfile")
    if parameters.values.get("password") or named == "":
        return ""
    try:
        mode = Path(named or "~/.pgpass").expanduser().stat().st_mode
    except (OSError, RuntimeError):
        return " The password file that is named is not there." if named else ""
    is_open = stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO)
    return " The password file is passed over: others may read it (chmod 0600)." if is_open else ""


def settle(connection: Connection, settings: Mapping[str, str]) -> dict[str, str]:
    """Set each parameter for the session and read it back.

    Raises:
        CouldNotLook: the server answers with another value than it was told.
    """
    names = list(settings)
    rows(
        connection,
        "SELECT pg_catalog.set_config(s.name, s.value, false) "
        "FROM ROWS FROM (pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::text[])) "
        "AS s (name, value)",
        (names, list(settings.values())),
    )
    read_back = (
        "SELECT s.name, pg_catalog.current_setting(s.name, true) "
        "FROM pg_catalog.unnest(%s::text[]) AS s (name)"
    )
    told = {name: value or "" for name, value in rows(connection, read_back, (names,))}
    wrong = [name for name, value in settings.items() if not _same(told[name], value)]
    if wrong:
        raise CouldNotLook(f"The server did not take these settings: {', '.join(wrong)}.")
    return told


def show(connection: Connection, name: str) -> str:
    """Read a setting; an empty text where the server has no such one."""
    row = one(connection, "SELECT pg_catalog.current_setting(%s, true)", (name,))
    return row[0] or ""


def _same(told: str, wanted: str) -> bool:
    return _milliseconds(told) == _milliseconds(wanted)


def _milliseconds(text: str) -> str:
    for unit, factor in (("ms", 1), ("min", 60_000), ("s", 1000), ("h", 3_600_000)):
        number = text.removesuffix(unit)
        if number != text and number.isdecimal():
            return str(int(number) * factor)
    return text.replace(" ", "").replace('"', "")


def one(connection: Connection, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Ask a question that has exactly one row."""
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise CouldNotLook("The server answered a question that has one row with none.")
    return row


def rows(connection: Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode(), values).fetchall()


def send(connection: Connection, statement: str) -> None:
    """Send one statement by the extended protocol: the server itself refuses a second (42601)."""
    connection.execute(statement.encode(), binary=True)


def identify(connection: Connection) -> Target:
    """Say where a session has really arrived."""
    role, name, version = one(
        connection, "SELECT current_user, current_database(), current_setting('server_version')"
    )
    (system,) = one(connection, "SELECT system_identifier::text FROM pg_control_system()")
    info = connection.info
    host = f"[{info.host}]" if ":" in info.host else info.host or "local"
    place = info.host if is_socket(info.host) else f"{host}:{info.port}"
    return Target(role, place, name, str(version).split()[0], system)


def is_socket(host: str) -> bool:
    """Tell a Unix socket's folder, or its abstract name, from a host (manual, 34.1.2)."""
    return host.startswith(("/", "@"))


def major(connection: Connection) -> int:
    return connection.info.server_version // 10000


def mode_name(internal: str) -> str:
    """Turn pg_locks' ``AccessExclusiveLock`` into ``ACCESS EXCLUSIVE``."""
    name = internal.removesuffix("Lock")
    return "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()


def meaning(error: psycopg.Error) -> str:
    """Say what a server error means, in words of ours and names of its own, never its text."""
    state = error.sqlstate or ""
    known = (_MEANINGS[key] for key in (state, state[:3], state[:2]) if key in _MEANINGS)
    text = next(known, "the connection was lost" if not state else "the server refused")
    return f"{text} ({', '.join(_names(error))})" if state else text


def _names(error: psycopg.Error) -> Iterator[str]:
    yield f"SQLSTATE {error.sqlstate}"
    diagnostic = error.diag
    if (diagnostic.source_file or "").startswith(_LANGUAGES):
        # RAISE ... USING TABLE = new.mail: a function of the app's fills these in.
        return
    for kind in ("table", "column", "constraint"):
        name = getattr(diagnostic, f"{kind}_name")
        if name:
            yield f"{kind} {name}"
