"""The sweep has teeth: an executor that is broken in one place is caught by it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from faults.lane import ROOT, lane
from faults.proxy import When
from faults.story import STORIES, Case
from faults.strikes import STRANGER
from faults.sweep import Tally, learn, play

if TYPE_CHECKING:
    from pathlib import Path

    from faults.lane import Lane
    from faults.story import Clean

_STORY = STORIES[0]
_TRIES = 3
# As the text of a statement of its own, and not within a value.
_BUILD = b"\x00CREATE INDEX CONCURRENTLY"
_KEY = b"\x00ALTER TABLE"
_BEGINS = b"INSERT INTO releasegate.run ("
#: what the ledger's row of the first key says that it makes
_RECORDS = b'["constraint public.plans.plans_paper_id_fk"]'
_APART = """
        yield Message("COMMIT")
        yield Message("BEGIN")
        yield from promises.record("""
_TRUSTING = "'CONCURRENTLY', 'CONCURRENTLY IF NOT EXISTS'"
_SWALLOWED = "return replace(self._outcome, status=OutcomeStatus.APPLIED)"
_UNASKED = "for thing in ():\n            raise"


@dataclass(frozen=True)
class Mutant:
    """A source file of the program in which some texts are replaced, and the case that tells."""

    name: str
    file: str
    replaced: dict[str, str]
    case: Case
    #: what is said of it
    caught: str


MUTANTS = (
    Mutant(
        "the ledger row in a transaction of its own",
        "executor/attempt.py",
        {"        yield from promises.record(": _APART},
        Case("kill -9 of the client", _RECORDS, When.BEFORE),
        "disagree",
    ),
    Mutant(
        "IF NOT EXISTS trusted",
        "executor/alone.py",
        {
            "            self._clear(before, ours)\n": "",
            "            self.tidy(patience=_PATIENCE)\n": "",
            "send(connection, statement)": f"send(connection, statement.replace({_TRUSTING}))",
            "broken = promises.unmet(self._step, self._order, held)": "broken = []",
        },
        Case("pg_terminate_backend while it waits", _BUILD, When.BEFORE),
        "invalid after the re-run",
    ),
    Mutant(
        "errors swallowed",
        "executor/step.py",
        {
            "return self._explain(error)": _SWALLOWED,
        },
        Case(STRANGER, _BEGINS, When.BEFORE),
        "exit code 0, with a stranger's index in the way",
    ),
    Mutant(
        "unknown reported as failed",
        "executor/step.py",
        {"status=OutcomeStatus.UNKNOWN, message": "status=OutcomeStatus.FAILED, message"},
        Case("server away, and SIGTERM", b"steps_done + 1", When.BEFORE),
        "the report says failed",
    ),
    Mutant(
        "the lock in a second session",
        "session/__init__.py",
        {
            "facts.own_state(self.connection)": "facts.own_state(self.observer)",
            "if (pid, mark) != (self.pid, self.run_id)": "if pid not in self.own_pids",
            "database.one(self.connection, query": "database.one(self.observer, query",
        },
        Case("SIGTERM", _KEY, When.AFTER),
        "does not hold the lock",
    ),
    Mutant(
        "leftovers dropped without asking",
        "executor/alone.py",
        {
            "if not definition.endswith(_INVALID) or str(thing) not in ours": "if False",
            "if wanted is not None and definition": "if False and definition",
            "for thing in self._in_the_way(before):\n            raise": _UNASKED,
        },
        Case(STRANGER, _BEGINS, When.BEFORE),
        "a stranger's index is gone",
    ),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, kept: Path, cluster_cache: Path) -> Clean:
    """Learn from the program as it is, and play every mutant's case on it: nothing is broken."""
    folder = tmp_path_factory.mktemp("sound")
    with lane(folder, kept=kept, cache=cluster_cache, story=_STORY) as where:
        learned = learn(where, _STORY)
        for mutant in MUTANTS:
            assert (mutant.name, _played(where, learned, mutant.case)) == (mutant.name, [])
    return learned


def _played(where: Lane, clean: Clean, case: Case) -> list[str]:
    """Play a case; a run that did not come as far as its statement is begun again."""
    for _ in range(_TRIES):
        tally = Tally()
        broken = play(where, _STORY, clean, case, tally)
        if not tally.missed:
            return broken
    raise AssertionError(f"never reached: {case}")


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name.replace(" ", "-") for one in MUTANTS])
def test_a_broken_executor_is_caught(
    mutant: Mutant, clean: Clean, kept: Path, cluster_cache: Path, tmp_path: Path
) -> None:
    source = _mutated(mutant, tmp_path / "src")

    with lane(tmp_path, kept=kept, cache=cluster_cache, story=_STORY, source=source) as where:
        broken = _played(where, clean, mutant.case)

    assert [what for what in broken if mutant.caught in what], broken


def _mutated(mutant: Mutant, source: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/releasegate", source / "releasegate", ignore=ignored)
    path = source / "releasegate" / mutant.file
    text = path.read_text()
    for old, new in mutant.replaced.items():
        assert text.count(old) == 1, f"{mutant.file} has {text.count(old)} times {old!r}"
        text = text.replace(old, new)
    path.write_text(text)
    return source
