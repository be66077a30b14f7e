"""Writes whose table is put in at run time, each alone in its file -> riddles, and no others."""

from __future__ import annotations

import pytest

from releasegate.appcode import Examination, examine
from releasegate.appcode.source.sources import Sources
from tests.unit.test_app_code import BASELINE, GOOD, MIGRATION, cases


def look(name: str, source: str) -> Examination:
    """Examine one file of the language that the case's name begins with, beside a good write."""
    path = f"app.{name.split('_')[0]}"
    contents: dict[str, bytes | None] = {"good.py": GOOD.encode(), path: source.encode()}
    return examine(
        migration_sql=MIGRATION,
        migration_path="001.sql",
        baseline_sql=BASELINE,
        sources=Sources(tuple(contents), (), ()),
        contents=contents,
    )


def tables(examination: Examination) -> list[str]:
    sites = examination.evidence["write_sites"]
    return [site["table"] for site in sites if site["path"] != "good.py"]


def of(kind: str) -> list[object]:
    return [pytest.param(name.strip(), text, id=name) for name, text in cases(kind).items()]


@pytest.mark.parametrize(("name", "source"), of("any_table"))
def test_a_table_that_is_put_in_is_a_riddle_and_never_passed_over(name: str, source: str) -> None:
    examination = look(name, source)

    assert tables(examination) == ["?"]
    (finding,) = (item for item in examination.findings if item.path != "good.py")
    assert (finding.code, finding.help) == ("RG205", "Write the table's name out at the call.")


@pytest.mark.parametrize(("name", "source"), of("named_oddly"))
def test_a_table_that_is_named_in_an_unusual_way_is_found(name: str, source: str) -> None:
    assert tables(look(name, source)) == ["runs"]


@pytest.mark.parametrize(("name", "source"), of("no_table"))
def test_what_only_looks_like_a_write_to_some_table_is_none(name: str, source: str) -> None:
    assert tables(look(name, source)) == []
