"""What breaks around a run, once each: a standby takes over, room runs out, the terminal closes."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from faults import holdings
from faults.lane import ROOT, Lane, lane, pg_ctl, project
from faults.proxy import Then, When
from faults.running import Program, Run, Terminal
from faults.story import STORIES, Case
from faults.sweep import Tally, learn, play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faults.story import Clean, Story

_STORY = STORIES[0]
_TRIES = 3
# As the text of a statement of its own, and not within a value.
_BUILD = b"\x00CREATE INDEX CONCURRENTLY"
_KEY = b"\x00ALTER TABLE"
_PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def where(
    tmp_path_factory: pytest.TempPathFactory, kept: Path, cluster_cache: Path
) -> Iterator[Lane]:
    folder = tmp_path_factory.mktemp("lane")
    with lane(folder, kept=kept, cache=cluster_cache, story=_STORY) as made:
        yield made


@pytest.fixture(scope="module")
def clean(where: Lane) -> Clean:
    return learn(where, _STORY)


def _played(
    where: Lane,
    clean: Clean,
    case: Case,
    *,
    story: Story = _STORY,
    mend: Callable[[], None] = lambda: None,
) -> tuple[Run, list[str]]:
    """Play a case; a run that did not come as far as its statement is begun again."""
    for _ in range(_TRIES):
        tally = Tally()
        broken = play(where, story, clean, case, tally, mend=mend)
        if tally.last is not None:
            return tally.last, broken
    raise AssertionError(f"never reached: {case}")


# -- the terminal


def test_a_terminal_that_is_closed_in_a_step_ends_the_run_with_the_truth(
    where: Lane, clean: Clean
) -> None:
    def close(_: Lane, __: int) -> Then:
        terminal.close()
        time.sleep(0.05)
        where.program.terminal = None
        return Then.GOES_ON

    where.program.terminal = terminal = Terminal()
    run, broken = _played(where, clean, Case("terminal closed", _KEY, When.DURING, close))

    assert broken == []
    assert run.exit_code == 3
    assert run.report["verdict"] == "stopped"


# -- the window


def test_a_window_that_closes_while_the_connection_is_lost_and_the_app_in_the_way(
    where: Lane, clean: Clean
) -> None:
    def act(at: Lane, _: int) -> Then:
        def hold() -> None:
            with at.app_at_work():
                held.set()
                at.program.ended.wait(_PATIENCE_S)

        held = threading.Event()
        threading.Thread(target=hold, daemon=True).start()
        assert held.wait(_PATIENCE_S)
        return Then.IS_CUT

    story = replace(
        _STORY, arguments=("apply", "--window", "now/PT6S", "001"), again=_STORY.arguments
    )
    case = Case("window closes", _KEY, When.BEFORE, act)

    run, broken = _played(where, clean, case, story=story)

    assert broken == []
    assert run.exit_code == 3
    assert "The window closed." in run.report["summary"]


# -- four at once


def test_of_four_runs_at_once_one_works_and_the_others_say_who(
    where: Lane, clean: Clean, kept: Path, tmp_path: Path
) -> None:
    with where.target() as target, ExitStack() as stack:
        rows = target.rows()
        programs = []
        for number in range(4):
            folder = tmp_path / str(number)
            programs.append(Program(project(folder, _STORY.strategy), kept, ROOT / "src"))
            stack.callback(programs[-1].close)
        with where.app_at_work():
            for program in programs:
                target.start(_STORY.arguments, program)
            _await(lambda: sum(program.ended.is_set() for program in programs) == 3)
        runs = [program.finish() for program in programs]
        with target.connect() as connection:
            held = holdings.look(connection)
            left = holdings.remains(connection)
        is_same = target.rows() == rows

    assert sorted(run.exit_code for run in runs if run.exit_code is not None) == [0, 1, 1, 1]
    (winner,) = [run for run in runs if run.exit_code == 0]
    for loser in (run for run in runs if run is not winner):
        told = [finding for gate in loser.report["gates"] for finding in gate["findings"]]
        said = next((f["message"] for f in told if f["code"] == "RG510"), str(told))
        # By the ledger, or by the session that holds the lock and has recorded nothing yet.
        assert "olga@" in said or "releasegate_owner is at work" in said
        assert " since " in said
    assert held == clean.final
    assert left == []
    assert is_same


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# -- a synchronous standby that is gone


def test_a_synchronous_standby_that_is_gone_holds_up_no_run_for_ever(
    where: Lane, clean: Clean
) -> None:
    def demand(at: Lane, _: int) -> Then:
        _set(at, "ALTER SYSTEM SET synchronous_standby_names = 'gone'")
        return Then.GOES_ON

    def mend() -> None:
        _set(where, "ALTER SYSTEM RESET synchronous_standby_names")

    try:
        run, broken = _played(
            where, clean, Case("standby gone", _KEY, When.BEFORE, demand), mend=mend
        )
    finally:
        mend()

    assert broken == []
    assert run.exit_code == 3
    assert "synchronous standby" in run.report["summary"]


def _set(where: Lane, statement: str) -> None:
    with where.admin() as admin:
        admin.execute(statement.encode())
        admin.execute("SELECT pg_reload_conf()")
    time.sleep(0.1)


# -- a tablespace that fills up


@contextmanager
def _small_room(where: Lane) -> Iterator[Path]:
    """Mount a disk of 64 MB where the server keeps a tablespace."""
    folder = where.server.run_dir / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("a file system cannot be mounted here")
    try:
        account = where.server.account
        (folder / "space").mkdir()
        os.chown(folder / "space", account.uid, account.gid)
        # What is mounted now is not seen inside of a cage. Who makes databases notices it here.
        with where.target():
            where.restart()
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
def test_a_tablespace_that_is_full_fails_the_build_and_the_next_run_goes_on(
    where: Lane, clean: Clean
) -> None:
    with _small_room(where) as room:
        filler = room / "filler"

        def fill(_: Lane, __: int) -> Then:
            with filler.open("wb") as file, suppress(OSError):
                while True:
                    os.write(file.fileno(), bytes(4096))
            return Then.GOES_ON

        _set(where, f"CREATE TABLESPACE small LOCATION '{room / 'space'}'")
        roomy = where.template
        with where.server.database(copy_of=roomy) as moved:
            _set(where, f"ALTER DATABASE {moved.name} SET TABLESPACE small")
            where.template = moved
            try:
                case = Case("tablespace full", _BUILD, When.BEFORE, fill)
                run, broken = _played(where, clean, case, mend=filler.unlink)
            finally:
                where.template = roomy
        _set(where, "DROP TABLESPACE small")

    assert broken == []
    assert run.exit_code == 3
    assert "53100" in [outcome["sqlstate"] for outcome in run.report["outcomes"]]


# -- a standby that takes over


@contextmanager
def _standby(where: Lane) -> Iterator[None]:
    """Have a second server follow the lane's, from a copy of its own."""
    server = where.server
    command = [str(server.bin_dir / "pg_basebackup"), "-h", str(server.run_dir), "-U"]
    command += [where.template.admin.values["user"], "-D", str(server.run_dir / "standby")]
    command += ["-R", "-C", "-S", "standby", "-X", "stream", "--checkpoint=fast"]
    done = subprocess.run(
        command, check=False, cwd="/", capture_output=True, **server.account.as_user
    )
    assert done.returncode == 0, done.stderr.decode()
    aside = server.run_dir / "aside"
    aside.mkdir()
    os.chown(aside, server.account.uid, server.account.gid)
    options = where.options.replace(f"-k {server.run_dir}", f"-k {aside}")
    pg_ctl(server, "start", "-o", options, data="standby")
    try:
        yield
    finally:
        pg_ctl(server, "stop", "-m", "immediate", data="standby")
        shutil.rmtree(aside)


def _take_over(where: Lane, _: int) -> Then:
    """End the primary once the standby has all of it, and put the standby in its place."""
    with where.admin() as admin:
        query = "SELECT pg_current_wal_insert_lsn() <= max(flush_lsn) FROM pg_stat_replication"
        _await(lambda: admin.execute(query).fetchone() == (True,))
    where.stop()
    pg_ctl(where.server, "stop", "-m", "fast", data="standby")
    pg_ctl(where.server, "start", "-o", where.options, data="standby")
    pg_ctl(where.server, "promote", data="standby")
    return Then.IS_CUT


def test_a_standby_that_takes_over_in_a_step_leaves_it_unknown_and_the_next_run_converges(
    where: Lane, clean: Clean
) -> None:
    with _standby(where):
        run, broken = _played(where, clean, Case("promotion", _KEY, When.AFTER, _take_over))

    assert broken == []
    assert run.exit_code == 4
    assert "could not be read back" in run.report["summary"]
