"""Lines of a baseline of several files -> the file and the line that they come from."""

from __future__ import annotations

import pytest

from releasegate.baseline import File, joined, place


@pytest.mark.parametrize("end", ["", "\n"], ids=["without-a-last-line-end", "with-one"])
def test_each_line_is_found_in_its_file(end: str) -> None:
    files = [
        File("a.sql", f"a1\na2{end}"),
        File("b.sql", f"b1{end}"),
        File("c.sql", f"c1\nc2{end}"),
    ]
    lines = joined(files).split("\n")

    for name in ("a1", "a2", "b1", "c1", "c2"):
        path, line = place(files, lines.index(name) + 1)
        assert f"{path[0]}{line}" == name


def test_what_stands_between_two_files_is_the_first_ones_end() -> None:
    files = [File("a.sql", "a1\na2"), File("b.sql", "b1")]

    assert place(files, joined(files).split("\n").index(";") + 1) == ("a.sql", 2)
