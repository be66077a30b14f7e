"""An import as it is written -> the ends of the paths under which its file may lie."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from releasegate.appcode.source.parsing import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: the name of what a file of TypeScript hands out without one
DEFAULT = "default"
PYTHON = (".py", ".pyi")
SCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", *COMPONENTS)
CODE = (*PYTHON, *SCRIPT)
PYTHON_ENDINGS = (".py", "/__init__.py", ".pyi")
SCRIPT_ENDINGS = ("", *SCRIPT, *(f"/index{suffix}" for suffix in SCRIPT), "/src/index.ts")
#: that one of those has
MOST_FOLDERS = 2


def python_path(dotted: str) -> str:
    level = len(dotted) - len(dotted.lstrip("."))
    inner = dotted.lstrip(".").replace(".", "/")
    if not level:
        return inner
    return "/".join(["." if level == 1 else "/".join([".."] * (level - 1)), inner])


def tails(inner: str) -> Iterator[str]:
    """Give the ends of ``@scope/db/schema`` under which a workspace's file may lie."""
    plain = inner.lstrip("@~#$").lstrip("/")
    yield plain
    parts = plain.split("/")
    if not inner.startswith("@") or len(parts) < 2:
        return
    for start in range(len(parts)):
        tail = parts[start:]
        yield "/".join([tail[0], "src", *tail[1:]]) if len(tail) > 1 else f"{tail[0]}/src/index"
        if len(tail) > 1 and start:
            yield "/".join(tail)


def beside(origin: str, relative: str) -> str:
    """Go from a file's folder along ``../x/y``."""
    parts = origin.split("/")[:-1]
    for part in relative.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", "..", ""):
            parts.append(part)
    return "/".join(parts)


def common(one: str, other: str) -> int:
    """Count the folders that two paths share."""
    return len(os.path.commonpath(["/" + one, "/" + other]))
