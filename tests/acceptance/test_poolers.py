"""Behind a real PgBouncer: what is refused in each mode, and what is let pass when asked to."""

import psycopg
import pytest

from acceptance.pooler import PROGRAM, Pooler, pooler
from acceptance.production import Production
from acceptance.project import Project
from releasegate.errors import CouldNotLook
from releasegate.session import open_session

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")

ALLOWED = "--allow-session-pooler"
_STRICT = ("--fail-on", "warning")
_SHARED = ("transaction", "statement")


def _settings(bouncer: Pooler, production: Production) -> tuple[str, str]:
    """Read what the app gets from the pool now."""
    with psycopg.connect(bouncer.url(production.database.owner), autocommit=True) as app:
        app.prepare_threshold = None
        (row,) = app.execute(
            "SELECT current_setting('default_transaction_read_only'), "
            "coalesce(current_setting('releasegate.run', true), '')"
        )
    return row


@pytest.mark.parametrize(
    ("mode", "options"),
    [("session", ()), *((mode, options) for mode in _SHARED for options in ((), (ALLOWED,)))],
)
def test_a_pooler_is_refused_and_no_setting_stays_with_the_app(
    released: Project, production: Production, mode: str, options: tuple[str, ...]
) -> None:
    with pooler(production.server, mode) as bouncer:
        url = bouncer.url(production.database.owner)
        run = released.ask("preflight", "--gate", "live-database", *options, url=url)
        left = _settings(bouncer, production)

    assert run.exit_code == 1
    assert run.errors == {"RG502"}
    assert f"in {mode} mode" in run.finding("RG502")["message"]
    assert (ALLOWED in run.finding("RG502")["help"]) == (mode == "session")
    assert left == ("off", "")


@pytest.mark.parametrize("mode", _SHARED)
def test_no_ledger_is_made_behind_a_pooler_that_shares_its_backends(
    production: Production, released: Project, mode: str
) -> None:
    with pooler(production.server, mode) as bouncer:
        run = released.run("init-ledger", ALLOWED, url=bouncer.url(production.database.owner))

    assert run.exit_code == 1
    assert "pooler" in run.stderr
    assert not production.has_ledger()


def test_a_pooler_in_session_mode_is_let_pass_when_asked_and_the_weaker_promise_is_said(
    online: Project, production: Production
) -> None:
    with pooler(production.server, "session") as bouncer:
        url = bouncer.url(production.database.owner)
        applied = online.apply(url, ALLOWED)
        again = online.apply(url, ALLOWED)
        strict = online.ask("preflight", "--gate", "live-database", ALLOWED, *_STRICT, url=url)
        left = production.rows("SELECT FROM pg_locks WHERE locktype = 'advisory'")

    assert applied.exit_code == 0
    assert "Less is promised" in applied.finding("RG556")["message"]
    assert production.is_hardened()
    assert again.report["verdict"] == "nothing_to_do"
    assert strict.exit_code == 1
    assert left == []


def test_a_pooler_without_a_second_session_for_us_is_told_so(
    released: Project, production: Production
) -> None:
    with pooler(production.server, "session", size=1) as bouncer:
        url = bouncer.url(production.database.owner)
        run = released.ask("preflight", "--gate", "live-database", ALLOWED, url=url)

    assert run.exit_code == 1
    assert "pool_size" in run.finding("RG501")["message"]


def test_a_session_that_has_lost_its_backend_does_not_take_the_next_step(
    production: Production,
) -> None:
    with (
        pooler(production.server, "session") as bouncer,
        open_session(bouncer.parameters(production.database.owner), "r1") as session,
    ):
        session.take_lock(wait=session.deadlock_timeout, sleep=lambda _: None)
        session.check()
        # What another client's session would say: neither mark nor lock.
        session.connection.execute("DISCARD ALL")
        with pytest.raises(CouldNotLook, match="Another backend"):
            session.check()


@pytest.mark.parametrize("mode", _SHARED)
def test_two_sessions_that_are_one_backend_are_noticed_without_the_gate(
    production: Production, mode: str
) -> None:
    with pooler(production.server, mode) as bouncer:
        parameters = bouncer.parameters(production.database.owner)
        with pytest.raises(CouldNotLook), open_session(parameters, "r1"):
            pass
