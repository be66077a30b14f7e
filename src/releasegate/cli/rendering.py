"""A report and the format that was asked for -> text, with only that format's modules loaded."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releasegate.model import Report

FORMATS = ("console", "json", "github", "markdown", "sarif", "junit", "html")


def render(
    report: Report, format_: str, *, docs_url: str | None, is_file: bool, prefix: str = ""
) -> str:
    """Write the report; ``docs_url`` is where the finding codes are explained.

    ``prefix`` stands before each path that GitHub is to find in the repository.
    """
    if format_ == "console":
        from releasegate.reports import console

        width = 100 if is_file else shutil.get_terminal_size((100, 24)).columns
        return console.render(report, width=width, colour=not is_file and _wants_colour())
    if format_ == "markdown":
        from releasegate.reports import markdown

        return markdown.render(report, docs_url=docs_url)
    if format_ == "sarif":
        from releasegate.reports import sarif

        return sarif.render(report, docs_url=docs_url, prefix=prefix)
    if format_ == "github":
        from releasegate.reports import github

        return github.render(report, prefix=prefix)
    from importlib import import_module

    plain = import_module(f"releasegate.reports.{format_}").render
    return str(plain(report))


def _wants_colour() -> bool:
    """Follow no-color.org, and write colours to terminals only."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
