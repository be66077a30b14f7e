"""Who is in the way: what each is called, and how much it weighs before and in the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from releasegate.facts import Follower, Freeze, Pace, Slot, Transaction
from releasegate.gates.live_database import around
from releasegate.gates.live_database.in_the_way import in_the_way, judged
from releasegate.gates.live_database.waits import Wait
from releasegate.model import Finding, Level, Lock, Relation

PLANS, RUNS = Relation("public", "plans"), Relation("public", "runs")
KEY = Wait(3, (Lock(PLANS, "SHARE ROW EXCLUSIVE"), Lock(RUNS, "SHARE ROW EXCLUSIVE")))
COLUMN = Wait(1, (Lock(PLANS, "ACCESS EXCLUSIVE"),), is_strong=True)
BUILD = Wait(2, (Lock(RUNS, "SHARE ROW EXCLUSIVE"),), needs_snapshots_gone=True)
WAITS = (COLUMN, BUILD, KEY)
WRITER = Transaction(
    pid=4711,
    role="app",
    application="papers-worker",
    state="active",
    age_s=30.0,
    idle_s=None,
    name="3/17",
    has_snapshot=True,
    is_autovacuum=False,
    is_urgent=False,
    work=None,
    share=None,
    gid=None,
    locks=(Lock(PLANS, "ROW EXCLUSIVE"),),
)
READER = replace(WRITER, locks=(Lock(PLANS, "ACCESS SHARE"),), has_snapshot=False)
SNAPSHOT = replace(WRITER, locks=())
LEFT_ALONE = replace(WRITER, state="idle in transaction", idle_s=30.0)
PREPARED = replace(
    WRITER, pid=0, application="", state="prepared", has_snapshot=False, gid="'it''s'", age_s=61.0
)
VACUUM = replace(
    WRITER,
    work="VACUUM",
    share=0.25,
    has_snapshot=False,
    locks=(Lock(PLANS, "SHARE UPDATE EXCLUSIVE"),),
)
AUTOVACUUM = replace(VACUUM, role=None, application="autovacuum worker", is_autovacuum=True)
URGENT = replace(AUTOVACUUM, is_urgent=True)
MINUTE = timedelta(minutes=1)


def found(who: Transaction, *, left: timedelta | None = None, where: str = "") -> list[Finding]:
    return [judged(way) for way in in_the_way([who], WAITS, left=left, where=where)]


@pytest.mark.parametrize(
    ("who", "code", "steps"),
    [
        pytest.param(WRITER, "RG561", "steps 1, 2 and 3", id="a writer with a snapshot"),
        pytest.param(READER, "RG561", "step 1", id="a reader"),
        pytest.param(SNAPSHOT, "RG562", "step 2", id="a snapshot"),
        pytest.param(PREPARED, "RG563", "steps 1 and 3", id="a prepared transaction"),
        pytest.param(VACUUM, "RG564", "steps 1 and 3", id="a vacuum"),
    ],
)
def test_the_steps_that_would_wait_are_named(who: Transaction, code: str, steps: str) -> None:
    (finding,) = found(who)

    assert finding.code == code
    assert f": {steps} wait" in finding.message


def test_a_reader_is_in_no_keys_way() -> None:
    assert list(in_the_way([READER], [BUILD, KEY], left=None)) == []


def test_a_snapshot_on_a_replica_is_in_no_builds_way() -> None:
    assert found(SNAPSHOT, where="on the replica") == []
    (finding,) = found(READER, where="on the replica")
    assert "(pid 4711, role app) on the replica, its transaction" in finding.message
    assert "-- on the replica, if nobody needs" in finding.help


N, W, E = Level.NOTE, Level.WARNING, Level.ERROR
LONG, SHORT = timedelta(hours=1), timedelta(seconds=20)


@pytest.mark.parametrize(
    ("who", "before", "long", "short"),
    [
        pytest.param(WRITER, N, W, W, id="work ends"),
        pytest.param(SNAPSHOT, N, W, W, id="so do exports"),
        pytest.param(LEFT_ALONE, N, W, W, id="idle for a moment"),
        pytest.param(replace(LEFT_ALONE, idle_s=70.0), N, W, E, id="left alone"),
        pytest.param(replace(LEFT_ALONE, idle_s=4000.0), W, E, E, id="left alone for an hour"),
        pytest.param(PREPARED, E, E, E, id="a prepared transaction"),
        pytest.param(replace(PREPARED, age_s=5.0), W, W, W, id="a young prepared transaction"),
        pytest.param(VACUUM, N, W, E, id="a vacuum of 90 s more"),
        pytest.param(replace(VACUUM, share=None), N, W, W, id="a vacuum of unknown pace"),
        pytest.param(replace(VACUUM, work="CREATE INDEX", share=None), N, W, W, id="a build"),
        pytest.param(AUTOVACUUM, N, N, N, id="autovacuum"),
        pytest.param(URGENT, W, W, E, id="autovacuum against wraparound"),
        pytest.param(replace(WRITER, age_s=None, state=None), N, W, W, id="unknown age"),
    ],
)
def test_only_what_would_be_waited_for_in_vain_blocks(
    who: Transaction, before: Level, long: Level, short: Level
) -> None:
    levels = [found(who, left=left)[0].level for left in (None, LONG, SHORT)]

    assert levels == [before, long, short]


def test_who_it_is_is_told_and_what_ends_it() -> None:
    (finding,) = found(LEFT_ALONE, left=SHORT)

    assert finding.message == (
        "papers-worker (pid 4711, role app), idle in transaction, its transaction 30 s old, holds "
        "ROW EXCLUSIVE on public.plans: steps 1, 2 and 3 wait for its end. The window has 20 s "
        "left."
    )
    assert finding.help.startswith("SELECT pg_terminate_backend(4711);")


def test_a_prepared_transaction_is_ended_by_its_quoted_name() -> None:
    assert found(PREPARED)[0].help.startswith("ROLLBACK PREPARED 'it''s';")


def test_an_age_that_is_not_shown_is_called_unknown() -> None:
    assert "its transaction of unknown age" in found(replace(WRITER, age_s=None))[0].message


# -- vacuums that are due --------------------------------------------------------------------------

LARGE = Freeze(PLANS, 150_000_000, 200_000_000, 5, 400_000_000, 1 << 30)
#: a million a minute: 50 minutes to go
BUSY = Pace(4_000_000, timedelta(minutes=4))


def due(one: Freeze, pace: Pace = BUSY, until: timedelta | None = None) -> list[Level]:
    findings = around.vacuums_due([one], WAITS, pace, until=until, running=())
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("until", "said"),
    [(timedelta(minutes=49), []), (timedelta(minutes=51), [W]), (None, [])],
    ids=["after the window", "before its end", "no window"],
)
def test_a_vacuum_is_foretold_by_the_pace_of_transactions(
    until: timedelta | None, said: list[Level]
) -> None:
    assert due(LARGE, until=until) == said


def test_a_pace_of_seconds_foretells_nothing() -> None:
    pace = Pace(4_000_000, timedelta(seconds=59))

    assert due(LARGE, pace, timedelta(days=9)) == []
    assert due(replace(LARGE, age=190_000_001), pace, timedelta(days=9)) == [N]


@pytest.mark.parametrize("old", [{"age": 200_000_000}, {"multi_age": 400_000_000}])
def test_a_vacuum_that_is_due_is_a_warning_on_a_table_where_it_lasts(old: dict[str, int]) -> None:
    assert due(replace(LARGE, **old)) == [W]
    assert due(replace(LARGE, **old, table_bytes=1 << 20)) == []
    assert due(replace(LARGE, **old, relation=Relation("public", "elsewhere"))) == []


def test_a_vacuum_that_runs_is_not_due_as_well() -> None:
    old = replace(LARGE, age=200_000_000)

    assert list(around.vacuums_due([old], WAITS, BUSY, until=None, running={PLANS})) == []


# -- replicas and slots ----------------------------------------------------------------------------

NEAR, FAR = Follower("standby1", 1 << 20, None), Follower("standby2", 1 << 30, None)


def beside(*followers: Follower, waits: tuple[Wait, ...] = WAITS, looked: bool = True) -> list[str]:
    findings = around.replicas(followers, waits, are_looked_at=looked, is_open=True)
    return [f"{finding.level.value} {finding.message}" for finding in findings]


def test_a_replica_that_is_behind_gets_the_strong_locks_later() -> None:
    (said,) = beside(NEAR, FAR)

    assert said == (
        "warning The replica standby2 is 1.0 GB behind, and repeats the locks of step 1 as much "
        "later."
    )
    assert beside(FAR, waits=(BUILD, KEY)) == []


def test_replicas_at_which_nobody_looks_are_told() -> None:
    (said,) = beside(NEAR, Follower("standby3", None, None), looked=False)

    assert said.startswith("note 2 replicas repeat the locks of step 1, and nobody looks")


@pytest.mark.parametrize(
    ("confirm", "needed", "said"),
    [
        ([], 0, []),
        ([], 1, [W, E]),
        ([False], 1, [W, E]),
        ([True], 1, []),
        ([None], 1, []),
        ([True, False], 2, [W, E]),
    ],
)
def test_commits_that_nobody_would_confirm_block_in_the_window(
    confirm: list[bool | None], needed: int, said: list[Level]
) -> None:
    followers = [Follower("standby1", 0, one) for one in confirm]

    found = [
        finding.level
        for is_open in (False, True)
        for finding in around.unconfirmed(followers, needed, is_open=is_open)
    ]

    assert found == said


def test_a_slot_that_keeps_the_log_is_told_where_an_index_is_built() -> None:
    left, read = Slot("old", "logical", False, 3 << 30), Slot("cdc", "logical", True, 1 << 30)

    abandoned, behind = around.slots([left, read], WAITS)

    assert abandoned.help.startswith("SELECT pg_drop_replication_slot('old');")
    assert "the index build of step 2 will add to it" in behind.message
    assert "pg_drop" not in behind.help
    assert list(around.slots([left], (COLUMN, KEY))) == []
