"""What stays as written and commits with its neighbours, and what cannot be made online at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from releasegate.rewrite.indexes import NAME_ALL
from releasegate.rewrite.parts import Kept, Known, Refusal, is_only
from releasegate.statements.locks import locks
from releasegate.statements.parser import enum, kind_of, quote_relation, relation, walk
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from releasegate.rewrite.parts import Rewritten
    from releasegate.statements.actions import Action


_SUBTYPE = partial(enum, "AlterTableType")
_CASCADE = enum("DropBehavior", "DROP_CASCADE")
_TABLE = enum("ObjectType", "OBJECT_TABLE")
_TYPE = enum("ObjectType", "OBJECT_TYPE")

# Changes of the catalogs alone (manual, ALTER TABLE, notes): no row is read or written.
_QUICK_COMMANDS = {
    _SUBTYPE(f"AT_{name}")
    for name in """DropColumn ColumnDefault DropNotNull SetStatistics SetOptions ResetOptions
    SetStorage SetCompression DropConstraint EnableTrig EnableAlwaysTrig EnableReplicaTrig
    DisableTrig EnableTrigAll DisableTrigAll EnableTrigUser DisableTrigUser EnableRowSecurity
    DisableRowSecurity ForceRowSecurity NoForceRowSecurity ChangeOwner ReplicaIdentity ClusterOn
    DropCluster SetRelOptions ResetRelOptions AddInherit DropInherit SetIdentity DropIdentity
    DropExpression AlterConstraint EnableRule DisableRule""".split()
}
_QUICK_STATEMENTS = frozenset(
    """create_stmt create_schema_stmt create_enum_stmt create_domain_stmt composite_type_stmt
    create_range_stmt create_function_stmt alter_function_stmt view_stmt create_trig_stmt
    create_policy_stmt alter_policy_stmt rule_stmt comment_stmt grant_stmt
    alter_default_privileges_stmt rename_stmt drop_stmt alter_owner_stmt alter_object_schema_stmt
    create_extension_stmt create_stats_stmt create_seq_stmt alter_seq_stmt alter_enum_stmt
    alter_object_depends_stmt alter_stats_stmt create_cast_stmt define_stmt
    create_op_class_stmt create_op_family_stmt""".split()
)
_DATA = "Data changes are not guessed: rows are read and written under the migration's locks."
_BY_THE_APP = "Change rows in batches, by a job of the app, before or after the migration."
# command -> why it is not online, and what to write instead
_HEAVY_COMMANDS = {
    _SUBTYPE("AT_AlterColumnType"): (
        "A change of type can rewrite the table, and the app sees both types.",
        "Add a column of the new type, write both, fill the old rows in batches, then switch.",
    ),
    _SUBTYPE("AT_AttachPartition"): (
        "Attaching a partition reads it under a strong lock.",
        "Prove its bounds by a validated CHECK first; attach it in a file of its own.",
    ),
    _SUBTYPE("AT_DetachPartition"): (
        "Detaching a partition locks parent and partition for all readers.",
        "Detach it CONCURRENTLY by hand; no plan has a step for it yet.",
    ),
    _SUBTYPE("AT_SetTableSpace"): ("It copies the whole table.", "Do it in a window of its own."),
    _SUBTYPE("AT_SetLogged"): ("It rewrites the whole table.", "Do it in a window of its own."),
    _SUBTYPE("AT_SetUnLogged"): ("It rewrites the whole table.", "Do it in a window of its own."),
    _SUBTYPE("AT_AddIdentity"): (
        "Existing rows and the sequence must agree, which nobody checks.",
        "Add the identity as written in a window in which the app may wait.",
    ),
}
_HEAVY_STATEMENTS = {
    "insert_stmt": (_DATA, _BY_THE_APP),
    "update_stmt": (_DATA, _BY_THE_APP),
    "delete_stmt": (_DATA, _BY_THE_APP),
    "merge_stmt": (_DATA, _BY_THE_APP),
    "truncate_stmt": (_DATA, _BY_THE_APP),
    "do_stmt": ("What a DO block does cannot be read.", "Write its statements out."),
    "call_stmt": ("What a procedure does cannot be read.", "Write its statements out."),
    "select_stmt": ("What a function does cannot be read.", "Write its statements out."),
    "variable_set_stmt": (
        "A setting holds for one transaction, and the steps are several.",
        "Write it into the statements that need it, such as ALTER FUNCTION ... SET.",
    ),
    "lock_stmt": ("The locks of the steps are taken by the steps.", "Take the statement out."),
    "create_table_as_stmt": (
        "It reads rows while it holds the migration's locks.",
        "Create the table; fill it by a job of the app.",
    ),
    "refresh_mat_view_stmt": (
        "It locks out every reader while it runs.",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY by a job of its own.",
    ),
    "cluster_stmt": ("It rewrites the whole table.", "Do it in a window of its own."),
    "vacuum_stmt": ("Maintenance is no part of a migration.", "Run it by a job of its own."),
}
_REST = (
    "The default partition is read for rows of the new one while readers and writers of the whole "
    "table wait."
)
_IN_A_WINDOW = "Create it in a window in which the app may wait."
_UNKNOWN = ("No rule says that it can be done without the app waiting.", "Use a file of its own.")


def of_no_table(action: Action, known: Known) -> Rewritten | None:
    """Judge ALTER TYPE, ALTER VIEW and the like, which the grammar takes for ALTER TABLE."""
    if action.command is None or action.statement.node.objtype == _TABLE:
        return None
    if action.statement.node.objtype == _TYPE and len(action.statement.node.cmds) == 1:
        # The server refuses it while a table has a column of that type.
        return (Kept((_as_written(action),)),)
    return quick(action, known) or refuse(action, known)


def nothing_pending(action: Action, known: Known) -> Rewritten | None:  # noqa: ARG001
    """Leave SET CONSTRAINTS out: no plan changes rows whose checks could still be pending."""
    return () if action.statement.kind == "constraints_set_stmt" else None


def new_table(action: Action, known: Known) -> Rewritten | None:
    """Leave alone what only touches tables that this file makes: nobody else sees them yet."""
    statement = action.statement
    if statement.kind in ("alter_table_stmt", "index_stmt"):
        is_new = action.table in known.new and not is_concurrent(statement)
    elif statement.kind == "insert_stmt":
        is_new = _is_own_rows(action, known)
    else:
        return None
    return (Kept((_as_written(action),)),) if is_new else None


def _is_own_rows(action: Action, known: Known) -> bool:
    """Tell whether an INSERT writes literal rows into a table of this file."""
    query = action.statement.node.select_stmt
    is_literal = query.HasField("select_stmt") and bool(query.select_stmt.values_lists)
    parts = [kind_of(node) for node in walk(action.statement.node)]
    only_one = parts.count("RangeVar") == 1 and "FuncCall" not in parts
    return relation(action.statement.node.relation) in known.new and is_literal and only_one


def quick(action: Action, known: Known) -> Rewritten | None:
    """Keep what only changes the catalogs."""
    statement = action.statement
    if action.command is not None:
        is_whole = statement.node.objtype == _TABLE or len(statement.node.cmds) == 1
        if action.command.subtype not in _QUICK_COMMANDS or not is_whole:
            return None
        is_wide = action.command.behavior == _CASCADE
    else:
        if statement.kind not in _QUICK_STATEMENTS:
            return None
        if _reads_the_rest(action, known):
            return (Refusal(action, _REST, _IN_A_WINDOW),)
        is_wide = statement.kind == "drop_stmt" and statement.node.behavior == _CASCADE
    if is_wide:
        return (Refusal(action, "CASCADE takes along what nobody can lock beforehand.", NAME_ALL),)
    return (Kept((_as_written(action),)),)


def _reads_the_rest(action: Action, known: Known) -> bool:
    """Tell whether a new partition takes its values from those of a default partition."""
    node = action.statement.node
    if action.statement.kind != "create_stmt" or not node.HasField("partbound"):
        return False
    return any(relation(parent.range_var) in known.with_default for parent in node.inh_relations)


def refuse(action: Action, known: Known) -> Rewritten:  # noqa: ARG001
    """Say what is in the way and what to write instead; nothing is guessed."""
    if action.command is not None:
        why, instead = _HEAVY_COMMANDS.get(action.command.subtype, _UNKNOWN)
    else:
        why, instead = _HEAVY_STATEMENTS.get(action.statement.kind, _UNKNOWN)
    held = ", ".join(f"{lock.mode} on {lock.relation}" for lock in locks(action.statement))
    return (Refusal(action, f"{why}{f' It holds {held}.' if held else ''}", instead),)


def _as_written(action: Action) -> str:
    """Give the text; a command of an ALTER TABLE gets its head back."""
    if action.command is None or action.statement.node.objtype != _TABLE:
        return action.statement.text
    node = action.statement.node
    words = ["ALTER TABLE", *(["IF EXISTS"] if node.missing_ok else [])]
    words += ["ONLY"] if is_only(node) else []
    table = quote_relation(action.table)
    return f"{' '.join(words)} {table} {action.piece(action.start, action.end)}"
