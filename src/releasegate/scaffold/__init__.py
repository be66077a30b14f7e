"""A repository -> the files that releasegate needs in it; what is there already is left alone."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from releasegate import exit_codes, findings, throwaway
from releasegate.errors import UsageError
from releasegate.scaffold import discovery
from releasegate.settings import Configuration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.database import Parameters
    from releasegate.settings import Settings

_PLACEHOLDER = "OWNER/releasegate@COMMIT"
WORKFLOW = ".github/workflows/releasegate.yml"
RUNBOOK = "runbooks/releasegate.md"


@dataclass(frozen=True, slots=True)
class File:
    """What became of one file."""

    path: str
    is_new: bool
    #: what is left to do about it
    remark: str = ""


def write(settings: Settings, target: Parameters | None) -> Iterator[File]:
    """Write configuration, workflow and runbook, and with a target a baseline; one after another.

    Raises:
        CouldNotLook: the target cannot be dumped; nothing is written then.
        UsageError: a file cannot be written.
    """
    found = _found(settings)
    schema = None
    if target is not None and not (settings.root / found.baseline).exists():
        schema = throwaway.dump_target(target)
    yield from _written(settings, found, schema)


def _found(settings: Settings) -> discovery.Found:
    """Take what is configured already; find the rest out."""
    if settings.source is None:
        return discovery.discover(settings.root)
    configured = settings.configuration
    folder = settings.root / configured.migrations
    return discovery.Found(
        configured.migrations,
        has_migrations=any(folder.glob("*.sql")),
        baseline=(*configured.baselines, *Configuration().baselines)[0],
        roots=configured.app_code.roots,
    )


def _written(settings: Settings, found: discovery.Found, schema: str | None) -> Iterator[File]:
    root = settings.root
    if schema is not None:
        yield _create(root, found.baseline, schema)
    if not found.has_migrations:
        remark = (
            f"put the first migration there, as SQL: {found.migrations}/001_words.sql "
            "(manage.py sqlmigrate, alembic upgrade --sql and Prisma's migration.sql give it)"
        )
        yield _create(root, f"{found.migrations}/.gitkeep", "", remark=remark)
    if settings.source is None:
        has_baseline = (root / found.baseline).exists()
        remark = "" if has_baseline else "no baseline yet: pg_dump -s, or run this with a database"
        text = _configuration(found, has_baseline=has_baseline)
        yield _create(root, "releasegate.toml", text, remark=remark)
    else:
        yield File(settings.source, is_new=False)
    action = discovery.action()
    remark = "" if action else f"put the action's repository and commit in place of {_PLACEHOLDER}"
    values = {"ACTION": action or _PLACEHOLDER}
    yield _create(root, WORKFLOW, _filled("workflow.yml", values), remark=remark)
    yield _create(root, RUNBOOK, _runbook(settings.configuration.release_tag))


def _create(root: Path, path: str, text: str, *, remark: str = "") -> File:
    """Write a file that is not there."""
    file = root / path
    if os.path.lexists(file):
        return File(path, is_new=False)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return File(path, is_new=True, remark=remark)


def _configuration(found: discovery.Found, *, has_baseline: bool) -> str:
    baseline = f"baseline = {json.dumps(found.baseline)}"
    return _filled(
        "releasegate.toml",
        {
            "MIGRATIONS": json.dumps(found.migrations),
            "BASELINE": baseline if has_baseline else f"# {baseline}",
            "ROOTS": json.dumps(list(found.roots)),
        },
    )


def _runbook(tag: str) -> str:
    endings = "\n".join(
        f"| {row.code} | {row.meaning} | {row.help} |" for row in exit_codes.EXIT_CODES
    )
    gates: dict[str, list[str]] = {}
    for row in findings.CODES:
        gates.setdefault(row.gate, []).append(f"- {row.code}, {row.title}: {row.help}")
    sections = "\n\n".join("\n".join([f"### {gate}", "", *rows]) for gate, rows in gates.items())
    return _filled("runbook.md", {"TAG": tag, "ENDINGS": endings, "GATES": sections})


def _filled(template: str, values: dict[str, str]) -> str:
    folder = resources.files("releasegate.scaffold").joinpath("templates")
    text = folder.joinpath(template).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
