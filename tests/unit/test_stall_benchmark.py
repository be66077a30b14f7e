"""The stall benchmark's pure parts: what it reads, how it sums up, what it draws."""

from __future__ import annotations

import socket
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.stall import chart, load, notices, recipe, releasegate_run, table
from benchmarks.stall.measure import slice_of
from benchmarks.stall.model import Applied, Felt, Measurement, Span, Trial, Wait
from benchmarks.stall.relay import relay
from benchmarks.stall.summary import Row, during, rows
from examples.papers.load_report import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGAN = 1_000.0


def sample(due: float, ms: float, error: str | None = None) -> Sample:
    return Sample("open_story", due, due, due + ms / 1000, error)


def felt(*samples: Sample, waits: tuple[Wait, ...] = ()) -> Felt:
    return Felt(BEGAN, samples, waits)


def measurement(
    applier: str,
    mode: str = "plain",
    *,
    seconds: float = 2.0,
    felt: Felt | None = None,
    exit_code: int = 0,
    is_complete: bool = True,
    blocker_ended: float | None = None,
) -> Measurement:
    applied = Applied(exit_code, BEGAN + 3, BEGAN + 3 + seconds)
    return Measurement(
        Trial("quiet", applier, mode, 1),
        applied,
        is_complete=is_complete,
        felt=felt,
        blocker_ended=blocker_ended,
    )


def row(applier: str, *measurements: Measurement) -> Row:
    (found,) = [row for row in rows(list(measurements)) if row.applier == applier]
    return found


# -- what the server reports


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("still waiting for ModeLock on relation 2 of database 5 after 1.042 ms", "relation"),
        ("acquired ModeLock on relation 2 of database 5 after 1.042 ms", "relation"),
        ("detected deadlock while waiting for ModeLock on transaction 7 after 1.042 ms",
         "transaction"),
        (("avoided deadlock for ModeLock on tuple (0,1) of relation 2 of database 5 "
         "by rearranging queue order after 1.042 ms"), "tuple"),
        ("acquired ModeLock on extension of relation 2 of database 5 after 1.042 ms", "extension"),
        ("still waiting for ModeLock on virtual transaction 4/17 after 1.042 ms",
         "virtual transaction"),
    ],
    ids=["waiting", "acquired", "deadlock", "avoided", "extension", "virtual"],
)  # fmt: skip
def test_a_lock_wait_is_read_from_the_servers_line(said: str, expected: str) -> None:
    assert notices.lock_wait(7.0, f"process 4711 {said}") == Wait(7.0, 1.042, "ModeLock", expected)


def test_other_lines_are_no_lock_wait() -> None:
    assert notices.lock_wait(7.0, "duration: 5.2 ms  statement: COMMIT") is None
    assert notices.lock_wait(7.0, "automatic vacuum of table papers") is None


def test_a_slow_commit_is_read_and_no_other_statement() -> None:
    assert notices.slow_commit("duration: 5.250 ms  statement: COMMIT") == 5.25
    assert notices.slow_commit("duration: 5.250 ms  statement: SELECT 'COMMIT'") is None


def test_a_loads_report_is_sorted_into_waits_and_commits() -> None:
    said = "process 1 acquired RowExclusiveLock on relation 2 of database 5 after 12.500 ms"

    read = load.read(
        {
            "started_at": BEGAN,
            "samples": [["open_story", 0.5, 0.5, 0.51, None]],
            "notices": [[BEGAN + 1, said], [BEGAN + 2, "duration: 3.000 ms  statement: COMMIT"]],
            "unfinished": 4,
        }
    )

    assert [wait.ms for wait in read.waits] == [12.5]
    assert read.commits_ms == ((BEGAN + 2, 3.0),)
    assert (read.samples[0].kind, read.unfinished) == ("open_story", 4)


# -- summing up


def test_only_what_overlaps_the_apply_counts() -> None:
    whole = felt(
        sample(0.0, 900),
        sample(2.9, 500),
        sample(3.5, 100),
        sample(9.0, 700),
        waits=(Wait(BEGAN + 1, 50, "m", "relation"), Wait(BEGAN + 4, 20, "m", "relation")),
    )

    kept = slice_of(whole, began=BEGAN + 3, ended=BEGAN + 5)

    assert [round(s.due, 1) for s in kept.samples] == [2.9, 3.5]
    assert [wait.ms for wait in kept.waits] == [20]


def test_waits_come_from_the_reporting_run_and_latency_from_the_plain_one() -> None:
    waits = (Wait(BEGAN + 4, 20.0, "m", "relation"), Wait(BEGAN + 4, 4.0, "m", "relation"))
    found = row(
        "psql",
        measurement("psql", "waits", felt=felt(sample(4.0, 800), waits=waits)),
        measurement("psql", "plain", felt=felt(sample(4.0, 300))),
    )

    assert found.lock_wait_ms is not None
    assert found.slowest_ms is not None
    assert found.lock_wait_ms.median == 20.0
    assert round(found.slowest_ms.median) == 300


def test_errors_are_counted_apart_for_the_two_kinds_of_run() -> None:
    found = row(
        "psql",
        measurement("psql", "waits", felt=felt(sample(4.0, 1, "40P01"), sample(4.1, 1, "40P01"))),
        measurement("psql", "plain", felt=felt(sample(4.0, 1, "40P01"), sample(4.1, 1, "0A000"))),
    )

    assert found.errors == {"40P01": 1, "0A000": 1}
    assert found.errors_while_reporting == {"40P01": 2}
    assert found.deadlocks == 1


def test_the_control_counts_for_as_long_as_the_apply_took() -> None:
    control = measurement(
        "control", seconds=60.0, felt=felt(sample(4.0, 7), sample(30.0, 900), sample(1.0, 800))
    )
    found = row("psql", measurement("psql", seconds=2.0, felt=felt(sample(4.0, 50))), control)

    assert found.control_ms is not None
    assert round(found.control_ms.median) == 7


def test_the_ratio_is_to_the_floors_median() -> None:
    floors = [measurement("floor", seconds=seconds) for seconds in (1.0, 2.0, 9.0)]

    assert row("psql", *floors, measurement("psql", seconds=3.0, felt=felt())).ratio == 1.5


@pytest.mark.parametrize(
    ("exit_code", "is_complete"), [(1, True), (0, False)], ids=["exit code", "catalog"]
)
def test_a_run_that_left_something_undone_is_not_good(exit_code: int, is_complete: bool) -> None:
    failed = measurement("psql", felt=felt(), exit_code=exit_code, is_complete=is_complete)
    found = row("psql", failed, measurement("psql", felt=felt()))

    assert (found.good, found.runs) == (1, 2)


def test_the_time_after_the_long_transactions_end_is_told() -> None:
    found = row("psql", measurement("psql", seconds=4.0, felt=felt(), blocker_ended=BEGAN + 5.5))

    assert found.after_blocker_s is not None
    assert found.after_blocker_s.median == 1.5


def test_the_table_shows_median_and_spread_and_errors() -> None:
    waits = [felt(waits=(Wait(BEGAN + 4, ms, "m", "relation"),)) for ms in (1.5, 2.5, 150.0)]
    runs = [measurement("psql", "waits", felt=one) for one in waits]
    runs.append(measurement("psql", felt=felt(sample(4.0, 1, "40P01"))))

    text = table.render(rows(runs))

    assert "2.5 (1.5-150)" in text
    assert "s after blocker" not in text
    assert "1x40P01" in text
    assert "4/4" in text


def test_on_a_replica_what_is_felt_after_the_apply_counts_until_its_reader_has_gone() -> None:
    trial = Trial("replica", "psql", "waits", 1)
    applied = Applied(0, BEGAN + 3, BEGAN + 4)
    waits = (Wait(BEGAN + 20, 16_000.0, "m", "relation"), Wait(BEGAN + 30, 9.0, "m", "relation"))

    felt_at = during(
        Measurement(trial, applied, is_complete=True, blocker_ended=BEGAN + 19.9), felt(waits=waits)
    )

    assert [wait.ms for wait in felt_at.waits] == [16_000.0]


def test_the_table_tells_of_the_long_transaction_and_of_what_the_log_says_of_locks() -> None:
    applied = Applied(0, BEGAN + 3, BEGAN + 7, events=Counter({"lock.refused": 3}), note="why")
    trial = Trial("long-reader", "releasegate", "plain", 1)
    run = Measurement(trial, applied, is_complete=True, blocker_ended=BEGAN + 5.5)

    text = table.render(rows([run]))

    assert "s after blocker" in text
    assert "1.5" in text
    assert "lock.refused 3 times" in text
    assert "releasegate: why" in text


# -- what is compared


def test_the_recipe_is_plain_sql_with_a_limit_on_what_is_in_the_way() -> None:
    statements = recipe.statements()

    assert sum("NOT VALID" in s.sql for s in statements) == 6
    assert sum("VALIDATE CONSTRAINT" in s.sql for s in statements) == 6
    assert all(s.is_in_the_way == ("ADD C" in s.sql) for s in statements)


def test_steps_are_paired_and_named_from_the_report() -> None:
    events = [
        {"event": "step.started", "step": 1, "timestamp": "2026-01-01T00:00:01Z"},
        {"event": "lock.refused", "step": 1, "timestamp": "2026-01-01T00:00:01.5Z"},
        {"event": "lock.refused", "step": 1, "timestamp": "2026-01-01T00:00:01.7Z"},
        {"event": "step.finished", "step": 1, "timestamp": "2026-01-01T00:00:03Z"},
        {"event": "step.started", "step": 2, "timestamp": "2026-01-01T00:00:04Z"},
    ]
    plan = {"plan": {"steps": [{"ordinal": 1, "sql": ["CREATE INDEX\n  i ON t (a)"]}]}}

    found = releasegate_run.spans(events, releasegate_run.names_of(plan))

    assert [span.name for span in found] == ["CREATE INDEX i ON t (a)"]
    assert found[0].ended - found[0].began == 2.0
    assert releasegate_run.locking(events) == {"lock.refused": 2}


def test_a_blocked_run_says_why() -> None:
    finding = {"level": "error", "code": "RG103", "message": "The tag is elsewhere."}
    note = {"level": "note", "code": "RG901", "message": "By the way."}

    said = releasegate_run.why_not({"gates": [{"findings": [note, finding]}]})

    assert said == "RG103 The tag is elsewhere."


# -- the relay and the chart


def test_the_relay_delays_a_round_trip() -> None:
    with relayed(round_trip_ms=40.0) as client:
        began = time.monotonic()
        client.sendall(b"x")
        answer = client.recv(1)
        took_s = time.monotonic() - began

    assert answer == b"x"
    assert 0.040 <= took_s < 0.4


def test_the_relay_delays_many_messages_no_longer_than_one_and_passes_the_end_on() -> None:
    with relayed(round_trip_ms=40.0) as client:
        began = time.monotonic()
        for _ in range(25):
            client.sendall(b"x")
            time.sleep(0.002)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while data := client.recv(1 << 16):
            answer += data
        took_s = time.monotonic() - began

    assert answer == b"x" * 25
    # 90 ms are due; a relay that waits for each message in turn needs half a second.
    assert took_s < 0.3


@contextmanager
def relayed(*, round_trip_ms: float) -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=echo, args=(server,), daemon=True).start()
        with (
            relay(server.getsockname(), round_trip_ms=round_trip_ms) as port,
            socket.create_connection(("127.0.0.1", port), timeout=5) as client,
        ):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield client


def echo(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := connection.recv(4096):
            connection.sendall(data)


def test_the_chart_is_well_formed_and_marks_each_step() -> None:
    spans = (Span("add <key>", BEGAN + 3, BEGAN + 4), Span("index", BEGAN + 4, BEGAN + 5))
    drawn = Measurement(
        Trial("quiet", "releasegate", "plain", 1),
        Applied(0, BEGAN + 3, BEGAN + 5, spans=spans),
        is_complete=True,
        felt=replace(felt(sample(3.5, 4400), sample(4.5, 2)), unfinished=700),
    )

    text = chart.render([drawn, measurement("control", felt=felt(sample(3.5, 2)))])
    root = ET.fromstring(text)

    titles = [element.text for element in root.iter() if element.tag.endswith("title")]
    heads = [e.text for e in root.iter() if e.get("class") == "head"]
    assert titles == ["add <key>, 1.00 s", "index, 1.00 s"]
    assert heads[1] == "quiet: releasegate, 2.0 s, slowest transaction 4400 ms, 700 never begun"
    assert sum(e.get("class") == "bar" for e in root.iter()) == 3


def test_a_bucket_holds_the_longest_latency_of_its_time() -> None:
    whole = felt(
        sample(3.01, 5), sample(3.02, 50), sample(3.03, 6), sample(3.35, 7), sample(2.95, 1)
    )

    found = chart.buckets(whole, began=BEGAN + 3, width_s=0.1)

    assert {bucket: round(ms) for bucket, ms in found.items()} == {0: 50, 3: 7, -1: 1}
