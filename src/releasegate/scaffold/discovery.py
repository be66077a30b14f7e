"""Somebody's repository as it lies on disk -> what a configuration would have to say about it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from releasegate.appcode.source.sources import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIGRATION = re.compile(r"\d+_\w[\w.-]*\.sql\Z")
_BASELINE = re.compile(r"(schema|structure|baseline|v0)\.sql\Z")
_SOURCE = frozenset(SUFFIXES) - {".sql", ".prisma"}
#: folders whose files production does not know
_PASSED_OVER = frozenset(
    {
        *("node_modules", "vendor", "venv", "site-packages", "build", "dist", "docs", "examples"),
        *("tests", "test", "__tests__", "e2e", "fixtures"),
    }
)
_NO_APP = frozenset({"scripts", "benchmarks", "migrations", "alembic"})
#: files that are looked at; a larger repository says where things are itself
_MOST_FILES = 50_000
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """Paths relative to the root, with slashes."""

    migrations: str
    has_migrations: bool
    baseline: str
    roots: tuple[str, ...]


def discover(root: Path) -> Found:
    """Find migrations, a schema and the app's folders; what is not there gets its usual name."""
    migrations, sources, schemas = Counter[str](), Counter[str](), []
    for path in _files(root):
        folders = set(path.parent.parts)
        if _PASSED_OVER & folders:
            continue
        if _MIGRATION.match(path.name):
            migrations[path.parent.as_posix()] += 1
        elif _BASELINE.search(path.name):
            schemas.append(path.as_posix())
        elif path.suffix in _SOURCE and not _NO_APP & folders:
            sources[path.parts[0] if len(path.parts) > 1 else "."] += 1
    folder = migrations.most_common(1)[0][0] if migrations else "db/migrations"
    beside = PurePosixPath(folder).parent / "schema" / "v0.sql"
    roots = (".",) if "." in sources or not sources else tuple(sorted(sources))
    return Found(
        folder,
        has_migrations=bool(migrations),
        baseline=min(schemas, key=len, default=beside.as_posix()),
        roots=roots,
    )


def _files(root: Path) -> Iterator[PurePosixPath]:
    seen = 0
    for folder, folders, names in os.walk(root):
        hidden = {name for name in folders if name.startswith(".") or name == "node_modules"}
        folders[:] = sorted(set(folders) - hidden)
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            yield PurePosixPath(Path(folder, name).relative_to(root).as_posix())


def action() -> str | None:
    """Name the action that this program came with, when it was installed from GitHub."""
    try:
        text = metadata.distribution("releasegate").read_text("direct_url.json") or "{}"
    except metadata.PackageNotFoundError:
        return None
    origin = json.loads(text)
    match = _GITHUB.match(origin.get("url", ""))
    commit = origin.get("vcs_info", {}).get("commit_id")
    return f"{match[1]}@{commit}" if match and commit else None
