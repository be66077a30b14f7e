"""The log: JSON lines, readable on a terminal, and never a reason to stop."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from releasegate import log
from releasegate.errors import UsageError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


def test_an_event_is_one_line_of_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("r1").bind(step=1).warning("lock.refused", sqlstate="55P03", held_by=[Path("a")])

    out, err = capsys.readouterr()
    event = json.loads(err)
    assert out == ""
    assert err.count("\n") == 1
    assert datetime.fromisoformat(event.pop("timestamp")).utcoffset() is not None
    assert event == {
        "run_id": "r1",
        "step": 1,
        "event": "lock.refused",
        "level": "warning",
        "sqlstate": "55P03",
        "held_by": ["a"],
    }


def test_every_level_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    logger = log.set_up("r1")

    for write in (logger.debug, logger.info, logger.error):
        write("a.b")

    levels = [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()]
    assert levels == ["debug", "info", "error"]


def test_a_quiet_log_tells_what_warns_and_keeps_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept: list[str] = []
    logger = log.set_up("r1", quiet=True, keep=lambda event: kept.append(event["level"]))

    for write in (logger.debug, logger.info, logger.warning, logger.error):
        write("a.b")

    levels = [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()]
    assert levels == ["warning", "error"]
    assert kept == ["debug", "info", "warning", "error"]


def test_a_terminal_gets_a_line_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    log.set_up("r1").info("gate.answered", gate="window", reason="not open")

    line = terminal.getvalue()
    assert line[2] == line[5] == ":"
    assert line[8:] == ' gate.answered        gate=window reason="not open"\n'


def test_progress_is_written_over_and_quick_tries_are_left_out_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    logger = log.set_up("r")

    logger.info("step.progress", phase="building")
    logger.debug("lock.refused", attempt=7)
    logger.info("step.progress", phase="validating")
    logger.info("step.finished", status="applied")

    first, second, last = terminal.getvalue().split("\r\x1b[K")
    assert "phase=building" in first
    assert "\n" not in first + second
    assert "phase=validating" in second
    assert last.endswith("status=applied\n")
    assert "lock.refused" not in terminal.getvalue()


@pytest.mark.parametrize("character", ["\x1b", "\n", "\r", "\u202e", "\x9b"])
def test_no_value_steers_the_terminal(monkeypatch: pytest.MonkeyPatch, character: str) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    log.set_up("r1").info("a.b", path=f"x{character}y")

    assert character not in terminal.getvalue().removesuffix("\n")


def test_a_value_cannot_begin_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("r1").info("a.b", path='x\n{"event": "forged"}')

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_stream_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Broken())

    log.set_up("r1").info("a.b")


def test_a_file_gets_the_same_lines_behind_those_it_has(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"event": "earlier"}\n')
    program = (
        "import sys; from pathlib import Path; from releasegate import log\n"
        "log.set_up('r1', log_file=Path(sys.argv[1])).info('a.b', name='é')"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )

    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["earlier", "a.b"]
    assert done.stderr.splitlines() == lines[1:]


@pytest.mark.parametrize("name", ["absent/log.jsonl", "."])
def test_a_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        log.set_up("r1", log_file=tmp_path / name)
