"""What was asked for -> the target as reached, read-only, or the finding that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts, findings, ledger, pooling
from releasegate.attended import longer_than
from releasegate.errors import CouldNotLook
from releasegate.gates import LiveTarget
from releasegate.pooling import Pooling
from releasegate.session import LOOKS

if TYPE_CHECKING:
    from contextlib import ExitStack

    from releasegate.database import Connection
    from releasegate.model import Finding, Target
    from releasegate.release.inputs import Request

_TIMEOUT, _ANSWERS_S = "15s", 20.0
_SETTINGS = {
    **database.PLAIN_SETTINGS,
    **LOOKS,
    "statement_timeout": _TIMEOUT,
    "idle_in_transaction_session_timeout": _TIMEOUT,
}


def reach(request: Request, stack: ExitStack) -> LiveTarget | Finding | None:
    """Connect to the target, and say first of all where we have arrived."""
    if request.target is None:
        return None
    try:
        name = f"releasegate/{request.run_id}/reader"
        connection = database.connect(request.target, application_name=name)
        # The driver's own block would commit at its end, and fail where the server is gone.
        stack.callback(connection.close)
        connection.attend(longer_than(_ANSWERS_S))
        # What is set behind a pooler could stay with the app's sessions.
        pooled = pooling.find(connection, request.target, name)
        if pooled is not None and not (request.target.may_be_pooled and pooled is Pooling.SESSION):
            return _refused(pooled)
        database.settle(connection, _SETTINGS)
        target = database.identify(connection)
        request.log.info(
            "target.identified",
            target=str(target),
            server_version=target.server_version,
            system_identifier=target.system_identifier,
        )
        wrong = named(request, connection, target)
    except CouldNotLook as error:
        return findings.make("RG501", str(error))
    except psycopg.Error as error:
        return findings.make("RG501", stopped_answering(error))
    return wrong or _known(request, connection, target, is_pooled=pooled is not None)


def _known(
    request: Request, connection: Connection, target: Target, *, is_pooled: bool
) -> LiveTarget | Finding:
    """Read what is known there of earlier runs."""
    assert request.target is not None
    try:
        known, now = ledger.read(connection), facts.now(connection)
        where = database.as_reached(connection, request.target)
        return LiveTarget(connection, target, known, now, where, is_pooled=is_pooled)
    except CouldNotLook as error:
        return findings.make("RG511", str(error))
    except psycopg.Error as error:
        return findings.make("RG501", stopped_answering(error))


def _refused(pooled: Pooling) -> Finding:
    if pooled is Pooling.SESSION:
        return findings.make(
            "RG502",
            "A pooler in session mode stands before the target.",
            help="Connect to the server itself; where there is no other way, "
            "--allow-session-pooler, which promises less.",
        )
    message = (
        f"A pooler in {pooled.value} mode stands before the target: a lock or a setting of ours "
        "would be another session's a moment later."
    )
    return findings.make("RG502", message)


def named(request: Request, connection: Connection, target: Target) -> Finding | None:
    """Say in what a target differs from the configured one that --target names."""
    if request.target_name is None:
        return None
    rule = request.settings.configuration.targets[request.target_name]
    info = connection.info
    told = {
        "host": (rule.host, info.host),
        "port": (rule.port, info.port),
        "database": (rule.database, target.database),
        "system identifier": (rule.system_identifier, target.system_identifier),
    }
    wrong = [f"{what} {is_}, not {want}" for what, (want, is_) in told.items()
             if want is not None and str(want).lower() != str(is_).lower()]  # fmt: skip
    if not wrong:
        return None
    return findings.make("RG554", f"This is not {request.target_name}: {'; '.join(wrong)}.")


def stopped_answering(error: psycopg.Error) -> str:
    return f"The target stopped answering: {database.meaning(error)}."
