"""The floors: who may import whom, and which module is a library's only home."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import releasegate

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(releasegate.__file__).parent

#: from the roof down; a module or package may import those below its own floor alone
FLOORS = (
    {"__main__"},
    {"cli"},
    {"demo", "scaffold"},
    {"release", "reports"},
    {"gates"},
    {"executor", "appcode", "baseline", "specimens", "forecast"},
    {"session"},
    {"guard", "pooling"},
    {"ledger", "facts", "catalog", "throwaway", "repository"},
    {"database", "pipeline"},
    {"undo"},
    {"attended"},
    {"plan", "migrations", "settings"},
    {"rewrite", "window"},
    {"statements"},
    {"findings", "exit_codes", "log"},
    {"model"},
    {"errors", "counted"},
)
FLOOR_OF = {unit: number for number, floor in enumerate(FLOORS) for unit in floor}

_DRIVER_USERS = {
    "attended",
    "database",
    "pipeline",
    "forecast",
    "guard",
    "pooling",
    "session",
    "ledger",
    "executor",
    "throwaway",
    "baseline",
    "specimens",
    "gates",
    "release",
    "demo",
}
#: library -> the units that may import it when they run
HOMES = {
    "click": {"cli"},
    "cronsim": {"window"},
    "git": {"repository"},
    "google": {"statements"},
    "jinja2": {"reports"},
    "msgspec": {"settings", "reports"},
    "postgast": {"statements"},
    "psycopg": _DRIVER_USERS,
    "structlog": {"log"},
    "tenacity": {"executor"},
    "tomllib": {"settings"},
    "tree_sitter": {"appcode"},
    "tree_sitter_python": {"appcode"},
    "tree_sitter_typescript": {"appcode"},
    "whenever": {"window"},
    "zoneinfo": set(),
}


@dataclass(frozen=True)
class Import:
    """One import statement's claim: this unit needs that module."""

    file: str
    unit: str
    line: int
    module: str
    is_for_types: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def unit_of(path: Path) -> str:
    relative = path.relative_to(SOURCE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports() -> Iterator[Import]:
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing_only = {
            id(node)
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
            for node in ast.walk(block)
        }
        for node in ast.walk(tree):
            for module in modules_named(node):
                file = path.relative_to(SOURCE).as_posix()
                yield Import(file, unit_of(path), node.lineno, module, id(node) in typing_only)


def modules_named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    assert node.level == 0, "imports are written in full"
    if node.module == "releasegate":
        return [f"releasegate.{alias.name}" for alias in node.names]
    return [str(node.module)]


ALL_IMPORTS = tuple(imports())


def inner_unit(found: Import) -> str | None:
    """Name the unit of ours that is imported, if it is one."""
    parts = found.module.split(".")
    is_ours = parts[0] == "releasegate" and len(parts) > 1 and parts[1] != "__version__"
    return parts[1] if is_ours else None


def test_every_module_stands_on_a_floor() -> None:
    units = {unit_of(path) for path in SOURCE.rglob("*.py")} - {"__init__"}

    assert units - set(FLOOR_OF) == set()


def test_imports_go_down_only() -> None:
    wrong = [
        str(found)
        for found in ALL_IMPORTS
        if (wanted := inner_unit(found)) is not None
        and wanted != found.unit
        and FLOOR_OF.get(wanted, -1) <= FLOOR_OF.get(found.unit, len(FLOORS))
    ]

    assert wrong == []


def test_the_package_itself_imports_nothing() -> None:
    assert [str(found) for found in ALL_IMPORTS if found.file == "__init__.py"] == []


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_is_imported_in_its_home_alone(library: str) -> None:
    strangers = [
        str(found)
        for found in ALL_IMPORTS
        if found.module.split(".")[0] == library
        and not found.is_for_types
        and found.unit not in HOMES[library]
    ]

    assert strangers == []


def test_every_other_library_has_been_given_a_home() -> None:
    ours_or_standard = {"releasegate", "__future__", *sys.stdlib_module_names}

    libraries = {found.module.split(".")[0] for found in ALL_IMPORTS if not found.is_for_types}

    assert libraries - ours_or_standard - set(HOMES) == set()


def modules_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and tell which modules it has loaded."""
    show = f"import sys\n{code}\nsys.stdout.write('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_front_door_loads_no_heavy_library() -> None:
    heavy = {"psycopg", "git", "postgast", "google.protobuf", "structlog", "msgspec", "whenever"}

    loaded = modules_after("import releasegate.cli")

    assert loaded & heavy == set()


def test_the_version_is_told_without_the_command_line_library() -> None:
    ask = "sys.argv[1:] = ['--version']\nfrom releasegate.__main__ import main\nmain()"

    loaded = modules_after(ask)

    assert "click" not in loaded
    assert "releasegate.__main__" in loaded
