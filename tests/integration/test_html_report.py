"""The HTML report in a browser: it loads nothing, runs nothing, and can be read by everybody."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

import browser
from releasegate.model import (
    GateResult,
    GateStatus,
    Moment,
    ObjectState,
    Outcome,
    OutcomeStatus,
    Plan,
)
from releasegate.reports import html
from samples import ADD, ALL, BAD_WRITE, BLOCKED, HOSTILE, ROLLED_BACK, STOPPED, WAIVED, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.model import Report

needs_chromium = pytest.mark.skipif(
    browser.CHROMIUM is None, reason="chromium is not installed: apt-get install chromium"
)
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    with browser.started(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in ALL}
    for name, report in ALL.items():
        written[name].write_text(html.render(report), encoding="utf-8")
    return written


def large() -> Report:
    """A report that holds more of everything than a page can show."""
    found = tuple(replace(BAD_WRITE, line=n, message="word " * 500) for n in range(1, 900))
    gate = GateResult("app-code", "?", GateStatus.BLOCKED, findings=found)
    steps = tuple(replace(ADD, ordinal=n, sql=("SELECT " + "x, " * 2000,)) for n in range(1, 600))
    failed = Outcome(1, OutcomeStatus.FAILED, 1, message="m" * 999)
    return replace(
        STOPPED,
        gates=(gate,),
        plan=Plan("online", "ab" * 32, steps),
        outcomes=tuple(replace(failed, ordinal=step.ordinal) for step in steps),
        objects=tuple(ObjectState(f"index i{n} {'x' * 99}", "gone") for n in range(600)),
        timeline=tuple(Moment(at(n), "step.retried", n, status="s" * 99) for n in range(1, 600)),
    )


@pytest.mark.parametrize("report", [*ALL.values(), large()], ids=[*ALL, "large"])
def test_a_page_is_one_small_file_without_a_script_or_a_reference(report: Report) -> None:
    text = html.render(report)

    assert len(text.encode()) < 150_000
    assert "<script" not in text.lower()
    assert re.findall(r"\b(?:src|href|action|style|on\w+)=", text) == []
    assert re.findall(r"(?i)url\((?!#)|@import", text) == []
    assert "default-src 'none'; style-src 'sha256-" in text


def words(report: Report) -> str:
    """Read a page's text, without its tags."""
    body = html.render(report).partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (STOPPED, "Next: releasegate apply --window START/DURATION 001"),
        (STOPPED, "Target app@db.example.org/papers, PostgreSQL 18.6"),
        (STOPPED, "Window Sun 2027-01-17 01:00 UTC to Sun 2027-01-17 01:30 UTC"),
        (STOPPED, "Exit code 3: begun and not complete"),
        (STOPPED, f"Ledger head {'ef' * 32}"),
        (STOPPED, "86 objects agree with the file's"),
        (STOPPED, "window opens"),
        (
            STOPPED,
            "01:00:01.000 1 waits outside the queue for an old transaction, 3 times pid 4711",
        ),
        (STOPPED, "(papers, app) ROW EXCLUSIVE on public.runs, 12 s old"),
        (STOPPED, "lock not free after at most 250 ms in the queue (55P03), 2 times"),
        (STOPPED, "connection lost"),
        (STOPPED, "Longest wait: 12 ms."),
        (STOPPED, "SHARE UPDATE EXCLUSIVE on public.runs yes 6 to 12 s 9 s ✓ applied"),
        (STOPPED, "✗ FAILED, 7 tries, 400 ms in the queue The window closed."),
        (STOPPED, "CREATE INDEX CONCURRENTLY idx_runs_plan_id ON public.runs (plan_id);"),
        (BLOCKED, "RG201 A write leaves a contract column out (error, app-code) app/store.py:12"),
        (BLOCKED, "12 | cursor.execute('INSERT INTO runs (status) VALUES (%s)') | ^^^^"),
        (BLOCKED, "Do: Add plan_id with the value of plans.id. releasegate explain RG201"),
        (BLOCKED, "parse-only ✗ errored Is it SQL? no server to be had"),
        (STOPPED, "Step What it does Locks Undo Predicted Actual Outcome"),
        (replace(ROLLED_BACK, predictions={}), "Step What it does Locks Actual Outcome"),
        (ROLLED_BACK, "column public.runs.plan_id stays: rows have values in it"),
        (WAIVED, "RG522 waived until 2027-01-31: the replica counted them"),
    ],
)
def test_a_page_tells_what_whoever_reviews_a_run_asks(report: Report, told: str) -> None:
    assert told in words(report)


def test_no_character_steers_whoever_reads_the_page() -> None:
    assert re.findall("[\x1b\u202e]", html.render(HOSTILE)) == []


def test_what_does_not_fit_is_counted() -> None:
    text = html.render(large())

    (left,) = re.findall(r"(\d+) more findings are in the JSON report", text)
    assert int(left) + text.count("<article") == 899
    assert "more steps are in the JSON report" in text
    assert "more objects are in the JSON report" in text


@needs_chromium
@pytest.mark.parametrize("name", ALL)
def test_a_browser_finds_nothing_to_refuse_and_nothing_to_fetch(
    tab: browser.Browser, pages: dict[str, Path], name: str
) -> None:
    tab.load(pages[name])

    requested = [
        event["params"]["request"]["url"]
        for event in tab.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    told = [e for e in tab.events if e["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled")]
    assert requested == [pages[name].as_uri()]
    assert told == []
    # The policy let the page's own style in.
    assert tab.evaluate("getComputedStyle(document.querySelector('.verdict')).fontWeight") == "700"


@needs_chromium
def test_the_policy_would_refuse_what_got_in(tab: browser.Browser, pages: dict[str, Path]) -> None:
    text = pages["bare"].read_text()
    evil = "<script>document.title='evil'</script><style>body{color:red}</style>"
    page = pages["bare"].with_name("evil.html")
    page.write_text(text.replace("</main>", f"{evil}</main>"))

    tab.load(page)

    assert tab.evaluate("document.title") != "evil"
    assert tab.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


@needs_chromium
def test_a_hostile_repository_gets_text_onto_the_page_and_nothing_else(
    tab: browser.Browser, pages: dict[str, Path]
) -> None:
    tab.load(pages["hostile"])

    assert tab.evaluate("document.querySelectorAll('script, a, img, iframe, form').length") == 0
    assert "<script>alert(1)</script>" in tab.evaluate("document.body.innerText")


@needs_chromium
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_wider_than_a_phone(
    tab: browser.Browser, pages: dict[str, Path], name: str
) -> None:
    tab.load(pages[name], width=360)

    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


_CONTRASTS = """
(() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = node => {
    for (; node; node = node.parentElement) {
      const found = parts(getComputedStyle(node).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter(n => n.tagName !== 'title')
    .filter(n => [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim()))
    .map(n => {
      const svg = n.closest('svg');
      const ink = light(parts(svg ? getComputedStyle(n).fill : getComputedStyle(n).color));
      const paper = light(ground(svg ? svg.parentElement : n));
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
})()
"""


@needs_chromium
@SCHEMES
@pytest.mark.parametrize("name", ["stopped", "blocked"])
def test_every_text_stands_out_in_light_and_dark(
    tab: browser.Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    tab.load(pages[name], prefers_color_scheme=scheme)

    contrasts = tab.evaluate(_CONTRASTS)

    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")
    assert len(contrasts) > 30
    # What WCAG 2.2 asks for at level AA.
    assert min(contrasts) >= 4.5


@needs_chromium
def test_a_screen_reader_gets_headings_tables_and_the_drawing_in_words(
    tab: browser.Browser, pages: dict[str, Path]
) -> None:
    tab.load(pages["stopped"])

    nodes = tab.ask("Accessibility.getFullAXTree")["nodes"]
    named = [(_text(node, "role"), _text(node, "name")) for node in nodes]
    headings = [name for role, name in named if role == "heading"]
    assert headings[0] == "releasegate apply"
    assert {"Gates", "Findings", "Timeline", "What the app felt", "Plan"} <= set(headings)
    assert ("image", "Timeline of the steps. The table below says the same in words.") in named
    assert "stopped" in " ".join(name for role, name in named if role == "StaticText").lower()
    assert tab.evaluate("document.documentElement.lang") == "en"


def _text(node: dict[str, Any], key: str) -> str:
    return str(node.get(key, {}).get("value", ""))


@needs_chromium
def test_without_colour_every_state_is_still_a_word_and_every_wait_a_pattern(
    tab: browser.Browser, pages: dict[str, Path]
) -> None:
    tab.load(pages["stopped"], forced_colors="active")

    words = tab.evaluate("[...document.querySelectorAll('.good, .bad')].map(n => n.innerText)")
    fills = tab.evaluate(
        "['await', 'try', 'queue'].map(k => "
        "getComputedStyle(document.querySelector('section .wide .' + k)).fill)"
    )
    assert all(re.search(r"[a-z]{4}", word.lower()) for word in words)
    assert [re.findall("#p-[a-z]+", fill) for fill in fills] == [
        ["#p-await"],
        ["#p-try"],
        ["#p-queue"],
    ]


_IS_UNFOLDED = "document.querySelector('details table').checkVisibility()"


@needs_chromium
def test_on_paper_it_shows_what_is_folded_on_the_screen(
    tab: browser.Browser, pages: dict[str, Path]
) -> None:
    tab.load(pages["stopped"])
    shown = tab.evaluate(_IS_UNFOLDED)
    tab.ask("Emulation.setEmulatedMedia", media="print", features=[])

    printed = tab.evaluate(_IS_UNFOLDED)
    paper = base64.b64decode(tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"])

    assert (shown, printed) == (False, True)
    assert paper.startswith(b"%PDF")
