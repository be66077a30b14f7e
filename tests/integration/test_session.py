"""The session that changes things: its settings, its lock, and to which server it comes back."""

from __future__ import annotations

import os
import secrets
import socket
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import database as db
from releasegate import facts, throwaway
from releasegate.database import Parameters, target_parameters
from releasegate.errors import CouldNotLook
from releasegate.session import Busy, Session, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.throwaway import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with open_session(database.owner, "r1") as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("search_path", "pg_catalog, pg_temp"),
        ("row_security", "off"),
        ("synchronous_commit", "on"),
        ("idle_in_transaction_session_timeout", "5s"),
        ("idle_session_timeout", "1min"),
        ("client_connection_check_interval", "1s"),
        ("statement_timeout", "1min"),
        ("transaction_timeout", "0"),
        ("application_name", "releasegate/r1"),
    ],
)
def test_the_server_was_told_each_setting(session: Session, name: str, value: str) -> None:
    assert db.show(session.connection, name) == value


def test_the_settings_of_the_database_do_not_count(database: Database) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        for setting in ("search_path = evil", "statement_timeout = 0", "row_security = on"):
            owner.execute(f"ALTER DATABASE {database.name} SET {setting}".encode())

    with open_session(database.owner, "r1") as session:
        told = [db.show(session.connection, n) for n in ("search_path", "statement_timeout")]

    assert told == ["pg_catalog, pg_temp", "1min"]


def test_the_observer_can_only_look(session: Session) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.observer.execute("CREATE TABLE public.a (id int)")

    assert db.show(session.observer, "application_name") == "releasegate/r1/observer"
    assert session.observer.info.backend_pid in session.own_pids


def test_a_setting_that_the_server_does_not_take_is_noticed(session: Session) -> None:
    with pytest.raises(psycopg.Error):
        db.settle(session.connection, {"no_such_setting": "1"})
    # On a Unix socket the server takes it without a word, and tells 0.
    with pytest.raises(CouldNotLook, match="did not take these settings: tcp_keepalives_idle"):
        db.settle(session.connection, {"row_security": "off", "tcp_keepalives_idle": "3"})


def test_over_tcp_either_end_gives_up_a_peer_that_is_gone() -> None:
    address = ".".join(["127", *(str(secrets.randbelow(250) + 2) for _ in range(3))])
    with (
        throwaway.start(options={"listen_addresses": address}) as server,
        server.database() as made,
        open_session(Parameters({**made.owner.values, "host": address}), "r1") as session,
    ):
        names = ("idle", "interval", "count")
        theirs = [db.show(session.connection, f"tcp_keepalives_{name}") for name in names]
        theirs.append(db.show(session.connection, "tcp_user_timeout"))
        ours = [_kernel_knows(one.fileno()) for one in (session.connection, session.observer)]

    assert theirs == ["3", "1", "3", "6000"]
    assert ours == [(1, 3, 1, 3, 6000)] * 2


def _kernel_knows(descriptor: int) -> tuple[int, ...]:
    with socket.socket(fileno=os.dup(descriptor)) as end:
        alive = end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        options = (
            socket.TCP_KEEPIDLE,
            socket.TCP_KEEPINTVL,
            socket.TCP_KEEPCNT,
            socket.TCP_USER_TIMEOUT,
        )
        return (alive, *(end.getsockopt(socket.IPPROTO_TCP, option) for option in options))


def test_the_clock_goes_on_without_asking(session: Session) -> None:
    before = session.now()
    time.sleep(0.05)

    assert timedelta(seconds=0.04) < session.now() - before < timedelta(seconds=1)


def test_the_lock_is_taken_once_and_checked(session: Session) -> None:
    with pytest.raises(CouldNotLook, match="advisory lock is gone"):
        session.check()

    session.take_lock(wait=timedelta(0), sleep=time.sleep)

    session.check()


def test_a_second_run_learns_who_holds_the_lock(database: Database, session: Session) -> None:
    session.take_lock(wait=timedelta(0), sleep=time.sleep)

    with open_session(database.owner, "r2") as second, pytest.raises(Busy) as caught:
        second.take_lock(wait=timedelta(0), sleep=time.sleep)

    assert caught.value.holder is not None
    assert caught.value.holder.pid == session.pid
    assert caught.value.holder.application == "releasegate/r1"


def test_waiting_for_the_lock_ends_when_it_is_free(database: Database, session: Session) -> None:
    session.take_lock(wait=timedelta(0), sleep=time.sleep)
    slept: list[float] = []

    def free(seconds: float) -> None:
        slept.append(seconds)
        session.connection.execute("SELECT pg_advisory_unlock(%s)", (facts.ADVISORY_KEY,))

    with open_session(database.owner, "r2") as second:
        second.take_lock(wait=timedelta(seconds=5), sleep=free)

        second.check()
    assert len(slept) == 1


def test_a_lost_session_comes_back_to_the_same_server(database: Database, session: Session) -> None:
    lost = session.pid
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    with pytest.raises(psycopg.OperationalError):
        session.check()
    assert session.is_lost

    session.reconnect()

    assert not session.is_lost
    assert session.pid != lost
    assert db.show(session.connection, "search_path") == "pg_catalog, pg_temp"


def test_an_old_backend_that_lives_is_noticed(session: Session) -> None:
    alive = facts.own_backend(session.connection)
    session.lost.append(alive)

    is_gone = session.old_backends_are_gone()
    session.lost[0] = replace(alive, since=alive.since - timedelta(microseconds=1))

    # Somebody else has got its number since, as after a restart.
    assert (is_gone, session.old_backends_are_gone()) == (False, True)


def test_what_a_block_leaves_in_the_session_is_gone_after_it(session: Session) -> None:
    with session.anew():
        session.take_lock(wait=timedelta(0), sleep=time.sleep)
        assert db.show(session.connection, "statement_timeout") == "1min"
        for left in ("SET role_of.mine = 'x'", "SET search_path = public", "LISTEN here"):
            session.connection.execute(left.encode())
        session.connection.execute("CREATE TEMP TABLE mine (id int)")

    with session.anew():
        assert db.show(session.connection, "search_path") == "pg_catalog, pg_temp"
        assert db.show(session.connection, "role_of.mine") == ""
        assert not db.rows(session.connection, "SELECT pg_listening_channels()")
        assert db.one(session.connection, "SELECT to_regclass('pg_temp.mine')") == (None,)
        with pytest.raises(CouldNotLook, match="advisory lock is gone"):
            session.check()


def test_another_server_at_the_address_is_refused(session: Session) -> None:
    with throwaway.start() as other, other.database() as made:
        session.parameters = Parameters(made.owner.values)

        with pytest.raises(CouldNotLook, match="Another server answers"):
            session.reconnect()
        session.close()


def test_a_read_only_server_is_refused_at_the_door(database: Database) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        setting = f"ALTER DATABASE {database.name} SET default_transaction_read_only = on"
        owner.execute(setting.encode())

    with pytest.raises(CouldNotLook), open_session(database.owner, "r1"):
        pass


def test_both_connections_end_with_the_block(database: Database) -> None:
    with open_session(database.owner, "r1") as session:
        pass

    assert session.connection.closed
    assert session.observer.closed


def test_the_target_is_named_as_reached(database: Database, session: Session) -> None:
    target = db.identify(session.connection)

    assert (target.role, target.database) == ("releasegate_owner", database.name)
    assert target.host == database.owner.values["host"]
    assert target.system_identifier == session.system_identifier


def test_a_service_file_names_the_target(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = database.owner.values
    services = tmp_path / "services"
    services.write_text(f"[here]\nhost={values['host']}\nuser={values['user']}\ndbname=x\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.delenv("PGSERVICE", raising=False)

    found = target_parameters(f"service=here dbname={database.name}")

    with db.connect(found, application_name="test") as connection:
        assert db.identify(connection).database == database.name


def test_a_lost_backend_is_remembered_by_its_number(database: Database, session: Session) -> None:
    lost = session.pid
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    with pytest.raises(psycopg.OperationalError):
        session.check()

    session.reconnect()

    assert [backend.pid for backend in session.lost] == [lost]
