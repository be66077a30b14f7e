"""What a live database says of itself: who is in the way, who holds the lock, what is ours."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts, throwaway
from releasegate.model import Lock, Relation
from releasegate.statements.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.database import Connection
    from releasegate.throwaway import Database

PAPERS = Relation("public", "papers")
PLANS = Relation("public", "plans")


@contextmanager
def session(database: Database, **extra: str) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(**extra), autocommit=True) as opened:
        yield opened


@pytest.fixture
def observer(database: Database) -> Iterator[Connection]:
    with session(database) as opened:
        opened.execute("CREATE TABLE papers (id int)")
        opened.execute("CREATE TABLE plans (id int)")
        opened.execute("CREATE VIEW seen AS SELECT 1 AS a")
        yield opened


def in_the_way(observer: Connection, relation: Relation, mode: str) -> list[tuple[int, str]]:
    found = facts.blockers(observer, [Lock(relation, mode)], own_pids=[])
    return [(blocker.pid, blocker.mode) for blocker in found]


def test_the_clock_is_the_servers_and_knows_its_zone(observer: Connection) -> None:
    assert abs(facts.now(observer) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("held", "wanted", "is_in_the_way"),
    [
        ("ACCESS SHARE", "ACCESS EXCLUSIVE", True),
        ("ACCESS SHARE", "SHARE ROW EXCLUSIVE", False),
        ("ROW EXCLUSIVE", "SHARE ROW EXCLUSIVE", True),
        ("ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", False),
        ("SHARE UPDATE EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", True),
    ],
)
def test_who_holds_a_conflicting_lock_is_in_the_way(
    database: Database, observer: Connection, held: str, wanted: str, is_in_the_way: bool
) -> None:
    with session(database) as holder, holder.transaction():
        holder.execute(f"LOCK TABLE papers IN {held} MODE".encode())

        found = in_the_way(observer, PAPERS, wanted)

        assert found == ([(holder.info.backend_pid, held)] if is_in_the_way else [])


def test_a_lock_on_another_table_is_in_nobodys_way(
    database: Database, observer: Connection
) -> None:
    with session(database) as holder, holder.transaction():
        holder.execute("LOCK TABLE plans")

        assert in_the_way(observer, PAPERS, "ACCESS EXCLUSIVE") == []


def test_our_own_sessions_are_not_in_our_way(database: Database, observer: Connection) -> None:
    with session(database) as ours, ours.transaction():
        ours.execute("LOCK TABLE papers")

        found = facts.blockers(observer, [Lock(PAPERS, "SHARE")], own_pids=[ours.info.backend_pid])

        assert found == []


def test_a_blocker_is_told_with_its_age_and_never_its_query(
    database: Database, observer: Connection
) -> None:
    with session(database, application_name="worker") as holder, holder.transaction():
        holder.execute("LOCK TABLE papers")
        holder.execute("SELECT 'confidential'")
        time.sleep(0.2)

        (blocker,) = facts.blockers(observer, [Lock(PAPERS, "SHARE")], own_pids=[])

        assert (blocker.application, blocker.state) == ("worker", "idle in transaction")
        assert blocker.relation == "public.papers"
        assert blocker.age_s is not None
        assert 0.1 < blocker.age_s < 10
        assert "confidential" not in repr(blocker)


def test_the_oldest_transaction_comes_first(database: Database, observer: Connection) -> None:
    with session(database) as old, session(database) as young:
        with old.transaction(), young.transaction():
            old.execute("SELECT 1")
            time.sleep(0.02)
            young.execute("SELECT * FROM papers")
            old.execute("SELECT * FROM papers")

            found = in_the_way(observer, PAPERS, "ACCESS EXCLUSIVE")

        assert [pid for pid, _ in found] == [old.info.backend_pid, young.info.backend_pid]


def test_another_roles_age_is_unknown_without_the_right_to_see_it(
    database: Database, observer: Connection
) -> None:
    role = f"app_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN".encode())
        admin.execute(f"GRANT SELECT ON papers TO {role}".encode())
        with session(database, user=role) as app, app.transaction():
            app.execute("SELECT * FROM papers")

            (blocker,) = facts.blockers(observer, [Lock(PAPERS, "ACCESS EXCLUSIVE")], own_pids=[])

            assert (blocker.role, blocker.age_s, blocker.state) == (role, None, None)
        admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_a_prepared_transaction_is_in_the_way_without_a_session(cluster_cache: Path) -> None:
    options = {"max_prepared_transactions": "2"}
    with (
        throwaway.start(cache=cluster_cache, options=options) as server,
        server.database() as made,
        session(made) as connection,
    ):
        connection.execute("CREATE TABLE papers (id int)")
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE papers IN ROW EXCLUSIVE MODE")
        connection.execute("PREPARE TRANSACTION 'forgotten'")

        (blocker,) = facts.blockers(
            connection, [Lock(PAPERS, "SHARE")], own_pids=[connection.info.backend_pid]
        )
        connection.execute("ROLLBACK PREPARED 'forgotten'")

        assert (blocker.pid, blocker.state) == (0, "prepared transaction")
        assert blocker.mode == "ROW EXCLUSIVE"
        assert blocker.age_s is not None
        assert 0 < blocker.age_s < 10


def test_the_holder_of_the_advisory_lock_is_found(database: Database, observer: Connection) -> None:
    with session(database, application_name="releasegate/x") as other:
        other.execute("SELECT pg_advisory_lock(%s)", (facts.ADVISORY_KEY,))

        holder = facts.advisory_holder(observer)

        assert holder is not None
        assert (holder.pid, holder.application) == (other.info.backend_pid, "releasegate/x")
        assert facts.own_state(other)[1]
        assert not facts.own_state(observer)[1]


def test_another_key_is_not_our_lock(database: Database, observer: Connection) -> None:
    with session(database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (facts.ADVISORY_KEY + 1,))
        high, low = facts.ADVISORY_KEY >> 32, facts.ADVISORY_KEY & 0xFFFFFFFF
        other.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (high, low))

        assert facts.advisory_holder(observer) is None
        assert not facts.own_state(other)[1]


def test_only_tables_that_exist_are_kept(observer: Connection) -> None:
    wanted = [PAPERS, Relation("public", "seen"), Relation("app", "papers"), PLANS]

    assert facts.existing_tables(observer, wanted) == {PAPERS, PLANS}


def test_what_a_role_lacks_is_told_right_by_right(database: Database, observer: Connection) -> None:
    role = f"app_{uuid.uuid4().hex[:8]}"
    rights = [
        Right("ownership", "public", "plans"),
        Right("REFERENCES", "public", "papers", ("id",)),
        Right("CREATE", "public"),
        Right("SELECT", "public", "absent"),
    ]
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role}".encode())
        bare = facts.missing(observer, role, rights)
        admin.execute(f"GRANT REFERENCES (id) ON papers TO {role}".encode())
        admin.execute(f"GRANT CREATE ON SCHEMA public TO {role}".encode())
        granted = facts.missing(observer, role, rights)
        admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())

    assert bare == rights[:3]
    assert granted == rights[:1]
    assert facts.missing(observer, observer.info.user, rights) == []


def test_what_the_role_is_and_may(database: Database, observer: Connection) -> None:
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admins = facts.login(admin, admin.info.user)

    owner = facts.login(observer, observer.info.user)

    assert admins is not None
    assert owner is not None
    assert (admins.is_superuser, owner.is_superuser) == (True, False)
    assert (owner.can_login, owner.may_create_schema, owner.free_of_role) == (True, True, None)
    assert facts.login(observer, "nobody at all") is None
    assert not facts.is_standby(observer)


def test_a_read_only_default_is_seen_whatever_the_session_says(
    database: Database, observer: Connection
) -> None:
    observer.execute("SET default_transaction_read_only = on")
    assert not facts.is_read_only_by_default(observer)
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        name = database.name
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())

    with session(database) as fresh:
        fresh.execute("SET default_transaction_read_only = off")

        assert facts.is_read_only_by_default(fresh)


def test_a_backend_is_alive_until_it_has_gone(database: Database, observer: Connection) -> None:
    with session(database) as other:
        own = facts.own_backend(other)
        assert own.pid == other.info.backend_pid
        assert facts.backend_is_alive(observer, own)

    deadline = time.monotonic() + 5
    while facts.backend_is_alive(observer, own) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not facts.backend_is_alive(observer, own)


def test_a_publication_carries_a_schema_by_each_of_its_forms(database: Database) -> None:
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute("CREATE SCHEMA releasegate CREATE TABLE step (id int)")
        admin.execute("CREATE TABLE papers (id int)")
        admin.execute("CREATE PUBLICATION elsewhere FOR TABLE papers")
        before = facts.publications_of_schema(admin, "releasegate")
        admin.execute("CREATE PUBLICATION a FOR ALL TABLES")
        admin.execute("CREATE PUBLICATION b FOR TABLES IN SCHEMA releasegate")
        admin.execute("CREATE PUBLICATION c FOR TABLE releasegate.step")

        after = facts.publications_of_schema(admin, "releasegate")

    assert (before, after) == ([], ["a", "b", "c"])
