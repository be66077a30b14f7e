"""A statement -> what it reaches beyond the tables of its own database, if it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2

from releasegate.statements.parser import kind_of, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.statements.parser import Statement

_OBJECT = pg_query_pb2.ObjectType.Value
_SERVERS, _FILES, _ROLES = "other servers", "the server's files", "roles, which all databases share"
_SETTINGS, _EVERYBODY = "the settings of a database", "every later statement of every session"
_PROGRAMS = "the server's programs"

# kind -> what it reaches, for the message
_KINDS = {
    "alter_system_stmt": "the server's configuration",
    "load_stmt": _FILES,
    "createdb_stmt": "other databases",
    "dropdb_stmt": "other databases",
    "alter_database_stmt": _SETTINGS,
    "alter_database_set_stmt": _SETTINGS,
    "alter_database_refresh_coll_stmt": _SETTINGS,
    "create_role_stmt": _ROLES,
    "alter_role_stmt": _ROLES,
    "alter_role_set_stmt": _ROLES,
    "drop_role_stmt": _ROLES,
    "grant_role_stmt": _ROLES,
    "drop_owned_stmt": _ROLES,
    "reassign_owned_stmt": _ROLES,
    "create_table_space_stmt": _FILES,
    "drop_table_space_stmt": _FILES,
    "alter_table_space_options_stmt": _FILES,
    "create_fdw_stmt": _SERVERS,
    "alter_fdw_stmt": _SERVERS,
    "create_foreign_server_stmt": _SERVERS,
    "alter_foreign_server_stmt": _SERVERS,
    "create_user_mapping_stmt": _SERVERS,
    "alter_user_mapping_stmt": _SERVERS,
    "drop_user_mapping_stmt": _SERVERS,
    "create_foreign_table_stmt": _SERVERS,
    "import_foreign_schema_stmt": _SERVERS,
    "create_subscription_stmt": _SERVERS,
    "alter_subscription_stmt": _SERVERS,
    "drop_subscription_stmt": _SERVERS,
    "create_event_trig_stmt": _EVERYBODY,
    "alter_event_trig_stmt": _EVERYBODY,
    "create_plang_stmt": _PROGRAMS,
    "create_am_stmt": _PROGRAMS,
    "check_point_stmt": "the whole server",
    "notify_stmt": "other sessions",
    "listen_stmt": "other sessions",
    "unlisten_stmt": "other sessions",
}
# The same things under ALTER ... RENAME and OWNER, COMMENT, SECURITY LABEL, DROP and GRANT.
_OBJECTS = {
    _OBJECT("OBJECT_DATABASE"): _SETTINGS,
    _OBJECT("OBJECT_ROLE"): _ROLES,
    _OBJECT("OBJECT_TABLESPACE"): _FILES,
    _OBJECT("OBJECT_FDW"): _SERVERS,
    _OBJECT("OBJECT_FOREIGN_SERVER"): _SERVERS,
    _OBJECT("OBJECT_FOREIGN_TABLE"): _SERVERS,
    _OBJECT("OBJECT_SUBSCRIPTION"): _SERVERS,
    _OBJECT("OBJECT_EVENT_TRIGGER"): _EVERYBODY,
    _OBJECT("OBJECT_LANGUAGE"): _PROGRAMS,
    _OBJECT("OBJECT_ACCESS_METHOD"): _PROGRAMS,
    _OBJECT("OBJECT_PARAMETER_ACL"): "the server's configuration",
}
_OBJECT_FIELDS = {
    "rename_stmt": "rename_type",
    "alter_owner_stmt": "object_type",
    "alter_object_schema_stmt": "object_type",
    "alter_table_stmt": "objtype",
    "comment_stmt": "objtype",
    "sec_label_stmt": "objtype",
    "drop_stmt": "remove_type",
    "grant_stmt": "objtype",
}
#: functions that reach the server's files, other servers or the server itself, whoever calls them
_OF_SERVER = re.compile(
    r"""(pg_(read_(binary_)?file|ls_\w+|stat_file|file_\w+|logdir_ls|reload_conf|rotate_logfile\w*
    |switch_wal|promote|create_\w+|drop_replication_slot|copy_\w+_slot|replication_\w+|logical_\w+
    |sync_replication_slots|backup_\w+|start_backup|stop_backup|wal_replay_\w+
    |log_(backend_memory_contexts|standby_snapshot)|stat_reset\w*|terminate_backend|cancel_backend
    |current_logfile|hba_file_rules|ident_file_mappings|show_all_file_settings
    |import_system_collations|restore_\w+_stats?|clear_\w+_stats?|nextoid
    |stop_making_pinned_objects)
    |lo_(im|ex)port|dblink\w*|postgres_fdw_\w+|binary_upgrade_\w+)\Z""",
    re.VERBOSE,
)
#: functions that execute a text, or leave the session another than it was
_OF_SESSION = re.compile(
    r"""(pg_(try_)?advisory_\w+|pg_notify|pg_export_snapshot|set_config|pg_settings|ts_stat|ts_rewrite
    |(query|cursor|table|schema|database)_to_xml\w*)\Z""",
    re.VERBOSE,
)
#: statements that name a function which is called later, by something else
_CALLED_LATER = ("create_trig_stmt", "define_stmt", "create_cast_stmt", "create_conversion_stmt")
#: views over functions of the server's
_VIEWS = frozenset({"pg_hba_file_rules", "pg_ident_file_mappings", "pg_file_settings"})


def reached(statement: Statement) -> Iterator[str]:
    """Say what a statement's kind reaches, and its words for it."""
    reach = _KINDS.get(statement.kind) or _OBJECTS.get(_object_type(statement))
    if reach:
        yield f"{' '.join(statement.text.split()[:2]).upper()} reaches {reach}."
    for part in walk(statement.node):
        if kind_of(part) == "NotifyStmt" and statement.kind != "notify_stmt":
            yield "NOTIFY in a rule reaches other sessions."
        elif kind_of(part) == "CopyStmt" and not _is_stream(part):
            yield f"COPY reaches {'a program' if part.is_program else 'a file'} on the server."
        elif kind_of(part) == "RangeVar" and part.relname in _VIEWS:
            yield f"{part.relname} shows the server's files."


def _object_type(statement: Statement) -> int:
    field = _OBJECT_FIELDS.get(statement.kind)
    return int(getattr(statement.node, field)) if field else -1


def needs_stream(statement: Statement) -> bool:
    """Tell whether a statement reads or writes rows beside the SQL."""
    return any(kind_of(p) == "CopyStmt" and _is_stream(p) for p in walk(statement.node))


def _is_stream(copy: Any) -> bool:
    return not copy.is_program and not copy.filename


def called(statement: Statement) -> set[str]:
    """Name the functions that a statement calls, or has called by what it makes."""
    parts = list(walk(statement.node))
    found = {strings(part.funcname)[-1] for part in parts if kind_of(part) == "FuncCall"}
    if statement.kind in _CALLED_LATER:
        found |= {part.sval for part in parts if kind_of(part) == "String"}
    return found


def is_of_server(function: str) -> bool:
    return bool(_OF_SERVER.match(function))


def is_of_session(function: str) -> bool:
    return bool(_OF_SESSION.match(function))
