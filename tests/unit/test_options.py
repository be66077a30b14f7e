"""Option texts -> values, or a refusal that says what is expected."""

from __future__ import annotations

import pytest

from releasegate.cli import run
from releasegate.cli.options import size


@pytest.mark.parametrize("text", ["20 GB", "-1", "1e9", "GB", "5iB", "", "1.5555GB", "0x10"])
def test_a_size_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preflight", f"--free-bytes={text}"]) == 2
    assert "is no number of bytes such as 500MB" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("512", 512), ("20GB", 20 * 10**9), ("1.5TiB", 3 * 2**39), ("3k", 3000)],
)
def test_a_size_is_read_in_decimal_and_in_binary_units(text: str, count: int) -> None:
    assert size(text) == count
