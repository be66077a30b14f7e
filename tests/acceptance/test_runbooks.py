"""Every runbook, followed to the letter on a server that is broken in the way it describes."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from acceptance.conftest import made_production
from acceptance.production import Production, until
from acceptance.project import MIGRATION, PROGRAM, Project
from acceptance.runbook import RUNBOOKS, Command, commands, pages
from releasegate import throwaway
from releasegate.throwaway import Server

NOBODY = "00000000-0000-4000-8000-000000000001"


@dataclass
class Night:
    """The repository, the database, and what the operator has found out so far."""

    project: Project
    production: Production
    stack: ExitStack
    #: what the operator exports
    known: dict[str, str] = field(default_factory=lambda: {"WINDOW": "now/PT30M"})
    #: what happens elsewhere before the command that begins so
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        ours = self.project.environment()
        bins = f"{PROGRAM.parent}:{self.production.server.bin_dir}:{ours['PATH']}"
        url = {"RELEASEGATE_DATABASE_URL": self.production.url}
        return {**ours, **self.known, **url, "PATH": bins}

    def follow(self, page: str) -> None:
        """Run a page's commands, each of which must end as it says."""
        told = commands(page)
        assert told, f"{page}.md tells to run nothing"
        for command in told:
            self._go_on_elsewhere(command)
            ran = command.run(self.project.root, self.environment())
            assert ran.is_as_promised, f"{page}.md, {ran}"

    def _go_on_elsewhere(self, command: Command) -> None:
        for beginning in list(self.meanwhile):
            if command.text.startswith(beginning):
                self.meanwhile.pop(beginning)()


# -- how it comes to it ----------------------------------------------------------------------------


def nothing_is_wrong(night: Night) -> None:
    """Production is as it should be, and the release is cut."""


def a_worker_hangs_in_a_transaction(night: Night) -> None:
    holder = night.stack.enter_context(night.production.connect())
    holder.execute("LOCK TABLE plans IN ROW EXCLUSIVE MODE")
    night.stack.callback(holder.close)
    stopped = night.project.apply(night.production.url, window="now/PT8S")
    assert stopped.exit_code == 3, stopped.stderr
    named = re.search(r"pid (\d+) \(papers-worker\)", stopped.report["summary"])
    assert named is not None
    night.known["PID"] = named[1]


def the_window_closes_while_a_lock_is_awaited(night: Night) -> None:
    with night.production.held("plans"):
        stopped = night.project.apply(night.production.url, window="now/PT8S")
    assert stopped.exit_code == 3, stopped.stderr
    assert stopped.report["summary"].startswith("The window closed.")


def the_server_goes_away_in_a_step(night: Night) -> None:
    """It is another server than the other tests', and comes back when the operator waits for it."""
    nap = "SELECT pg_sleep(least(count(*), 1) * 2) FROM papers;"
    night.project.edit(MIGRATION, "COMMIT;", f"{nap}\n\nCOMMIT;")
    night.project.commit()
    night.project.git("tag", "--force", "--annotate", "v0", "--message", "v0")
    server = night.stack.enter_context(throwaway.start(cache=night.project.home / "clusters"))
    night.production = night.stack.enter_context(made_production(server))
    postmaster = server.run_dir / "data/postmaster.pid"
    running = night.project.start_apply(night.production.url)
    night.production.await_sleep()
    os.kill(int(postmaster.read_text().split()[0]), signal.SIGQUIT)
    until(lambda: not postmaster.exists(), what="the server is gone")
    running.await_event("connection.lost")
    os.kill(running.pid, signal.SIGTERM)
    lost = running.finish()
    assert lost.exit_code == 4, lost.stderr
    night.meanwhile["psql"] = lambda: night.stack.enter_context(started_again(server))


@contextmanager
def started_again(server: Server) -> Iterator[None]:
    command = [str(server.bin_dir / "postgres"), "-D", str(server.run_dir / "data")]
    command += ["-k", str(server.run_dir), "-c", "listen_addresses=", "-c", "max_connections=60"]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **server.account.as_user
    )
    try:
        until(lambda: answers(server), what="the server is back")
        yield
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(20)


def answers(server: Server) -> bool:
    where = f"host={server.run_dir} user=releasegate_superuser dbname=postgres"
    try:
        psycopg.connect(where, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def another_operator_is_at_work(night: Night) -> None:
    holder = night.production.connect()
    night.stack.callback(holder.close)
    holder.execute("LOCK TABLE plans IN ROW EXCLUSIVE MODE")
    first = night.project.start_apply(night.production.url)
    first.await_event("lock.awaited")
    second = night.project.apply(night.production.url)
    assert second.errors == {"RG510"}

    def end() -> None:
        holder.rollback()
        assert first.finish().exit_code == 0

    night.meanwhile["releasegate apply"] = end


def rows_have_lost_their_parents(night: Night) -> None:
    """Two keys are broken; which rows are mended and which go is what the page decides."""
    night.production.execute(f"UPDATE runs SET plan_id = '{NOBODY}'")
    night.production.execute(
        f"INSERT INTO storyboards (id, paper_id) VALUES (gen_random_uuid(), '{NOBODY}')"
    )
    assert night.project.apply(night.production.url, "001").errors == {"RG521"}


def somebody_has_changed_the_schema_by_hand(night: Night) -> None:
    """Once before the migration is applied, and once more afterwards."""
    night.production.execute("ALTER TABLE plans ADD COLUMN debug_note text")
    night.production.execute("CREATE INDEX idx_runs_plan_id ON runs (created_at)")
    night.production.execute("ALTER TABLE runs ADD CONSTRAINT runs_status CHECK (status <> '')")
    assert night.project.apply(night.production.url, "001").errors == {"RG508", "RG516"}
    for who in ("AUTHOR", "COMMITTER"):
        night.known |= {f"GIT_{who}_NAME": "Olga", f"GIT_{who}_EMAIL": "olga@example.org"}
    night.meanwhile["releasegate status"] = lambda: night.production.execute(
        "DROP INDEX idx_runs_paper_id"
    )


def the_migration_is_applied(night: Night) -> None:
    assert night.project.apply(night.production.url, "001").exit_code == 0


def the_migration_was_applied_by_hand(night: Night) -> None:
    night.production.execute(night.project.read(MIGRATION))


def tenants_are_to_be_kept_apart(night: Night) -> None:
    assert night.project.apply(night.production.url, "001").exit_code == 0


SITUATIONS: dict[str, Callable[[Night], None]] = {
    "adopt": the_migration_was_applied_by_hand,
    "apply-v1-hardening": nothing_is_wrong,
    "connection-lost": the_server_goes_away_in_a_step,
    "drift-found": somebody_has_changed_the_schema_by_hand,
    "lock-not-obtained": a_worker_hangs_in_a_transaction,
    "orphans-found": rows_have_lost_their_parents,
    "rollback": the_migration_is_applied,
    "rls-enable": tenants_are_to_be_kept_apart,
    "two-operators": another_operator_is_at_work,
    "window-missed": the_window_closes_while_a_lock_is_awaited,
}


# -- following them --------------------------------------------------------------------------------


def test_every_page_is_followed_by_a_test() -> None:
    assert pages() == sorted(SITUATIONS)


@pytest.mark.parametrize("page", SITUATIONS)
def test_a_runbook_leads_out_of_its_situation(
    page: str, released: Project, production: Production
) -> None:
    with ExitStack() as stack:
        night = Night(released, production, stack)
        SITUATIONS[page](night)

        night.follow(page)

        assert night.production.is_hardened()


def test_a_page_whose_expectation_is_wrong_is_noticed(
    released: Project, production: Production
) -> None:
    command = Command(1, 'releasegate apply --window "2026-01-01T00:00Z/PT1H" 001', 0)

    ran = command.run(released.root, Night(released, production, ExitStack()).environment())

    assert (ran.exit_code, ran.is_as_promised) == (1, False)


@pytest.mark.parametrize("page", [*pages(), "README"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (RUNBOOKS / f"{page}.md").read_text()

    for target in re.findall(r"\]\(([^)#]+\.md)", text):
        assert (RUNBOOKS / target).exists(), f"{page}.md leads to {target}"
