"""Addresses of artifacts: short-lived, for one file, made by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from examples.papers import signed_urls
from examples.papers.signed_urls import LONGEST, Refused, opened, sign

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = bytes(range(32))
NOW = datetime(2027, 1, 17, 2, 0, tzinfo=UTC)
PATH = "papers/ä b/1.txt"


def test_an_address_opens_its_file_until_it_ends() -> None:
    url = sign(PATH, key=KEY, now=NOW, ttl=timedelta(minutes=2))

    assert opened(url, key=KEY, now=NOW) == PATH
    assert opened(url, key=KEY, now=NOW + timedelta(seconds=119)) == PATH
    with pytest.raises(Refused, match="has ended"):
        opened(url, key=KEY, now=NOW + timedelta(minutes=2))


@pytest.mark.parametrize(
    "ttl", [LONGEST + timedelta(seconds=1), timedelta(days=7), timedelta(0), timedelta(seconds=-1)]
)
def test_nobody_gets_an_address_that_lives_longer_than_any_may(ttl: timedelta) -> None:
    with pytest.raises(ValueError, match="between 1 s and 300 s"):
        sign(PATH, key=KEY, now=NOW, ttl=ttl)


def test_an_address_made_for_longer_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(signed_urls, "LONGEST", timedelta(days=1))
        url = sign(PATH, key=KEY, now=NOW, ttl=timedelta(days=1))

    with pytest.raises(Refused, match="longer than any may"):
        opened(url, key=KEY, now=NOW)


CHANGES = {
    "another file": lambda url: url.replace("1.txt", "2.txt"),
    "a later end": lambda url: url.replace("ends=1", "ends=2"),
    "another signature": lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    "a signature that is no ASCII": lambda url: url[:-1] + "é",
    "no signature": lambda url: url.partition("&")[0],
    "no end": lambda url: url.partition("?")[0],
    "two ends": lambda url: url + "&ends=9999999999",
    "more than there was": lambda url: url + "&user=admin",
    "an end that is no number": lambda url: url.replace("ends=", "ends=x"),
    "digits of another script": lambda url: url.replace("ends=1", "ends=" + quote("\u0661")),
    "an end beyond all numbers": lambda url: url.replace("ends=", "ends=" + "9" * 5000),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_address_that_was_changed_opens_nothing(change: Callable[[str], str]) -> None:
    url = change(sign(PATH, key=KEY, now=NOW))

    with pytest.raises(Refused):
        opened(url, key=KEY, now=NOW)


def test_another_key_opens_nothing() -> None:
    url = sign(PATH, key=KEY, now=NOW)

    with pytest.raises(Refused):
        opened(url, key=KEY[::-1], now=NOW)


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../key", "a/../b", "a//b", "a/.", "a\\..\\b"])
def test_a_path_that_leads_elsewhere_is_not_signed(path: str) -> None:
    with pytest.raises(ValueError, match="leads down"):
        sign(path, key=KEY, now=NOW)


def test_a_short_key_and_a_clock_without_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        sign(PATH, key=b"secret", now=NOW)
    with pytest.raises(ValueError, match="zone"):
        sign(PATH, key=KEY, now=NOW.replace(tzinfo=None))


def test_zones_make_no_difference() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))

    assert sign(PATH, key=KEY, now=there) == sign(PATH, key=KEY, now=NOW)
