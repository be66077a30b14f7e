"""The benchmarks of predictions and of the gate's cost: what they read and how they sum up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.live_cost import Cost, Log
from benchmarks.predictions import Step, rate

if TYPE_CHECKING:
    from pathlib import Path

LINES = """\
2027-01-17 02:00:00.000 UTC [7] releasegate/0a/reader run LOG:  duration: 12.500 ms  parse: SELECT
2027-01-17 02:00:00.000 UTC [7] releasegate/0a/reader run LOG:  duration: 0.500 ms  bind: SELECT
2027-01-17 02:00:00.000 UTC [8] by-hand run LOG:  duration: 9.000 ms  statement: ALTER TABLE a
\tVALIDATE CONSTRAINT b
2027-01-17 02:00:00.000 UTC [8] by-hand run LOG:  duration: 70.000 ms  statement: VALIDATE
2027-01-17 02:00:00.000 UTC [9] papers run LOG:  process 9 still waiting
"""


def test_durations_are_those_of_the_sessions_asked_for_since_the_last_reading(
    tmp_path: Path,
) -> None:
    file = tmp_path / "server.log"
    file.write_text(LINES)
    log = Log(file)
    file.write_text(LINES * 2)

    assert log.durations("releasegate") == [0.0125, 0.0005]
    assert log.durations("releasegate") == []
    file.write_text(LINES * 3)
    assert log.durations("by-hand", "VALIDATE") == [0.07]


def test_the_cost_is_told_in_proofs_of_the_same_keys() -> None:
    assert Cost(1, gate_s=3.0, statements=9, counts_s=2.5, validate_s=2.0).ratio == 1.5


def step(title: str, low: float, high: float, actual: float) -> Step:
    return Step(1000, 1, "001", 1, title, low, high, actual)


def test_steps_with_rows_and_steps_without_are_rated_apart() -> None:
    told = rate(
        [
            step("build index a", 1, 3, 2),
            step("check every row against b", 1, 2.5, 4),
            step("add column c", 1, 3, 0.5),
        ]
    )

    assert told == (
        "with rows 1 of 2 inside (1 took longer), catalogs only 0 of 1 inside (0 took longer); "
        "widest range x 3.00"
    )
