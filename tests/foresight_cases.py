"""tests/foresight/CASE/ -> a prepared database, what preflight must say, what apply then does."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent / "foresight"
#: what a case is told by; anything else in expected.toml is a slip
KEYS = {
    "apply",
    "apply-role",
    "because",
    "blocks",
    "says",
    "strategy",
    "role",
    "window",
    "major",
    "afterwards",
    "refusal",
}


@dataclass(frozen=True)
class ForesightCase:
    """One folder: dirty.sql over the baseline and its rows, and expected.toml.

    ``blocks`` are the codes of errors, ``says`` those of warnings and notes that must be among the
    findings. ``apply`` is applied, failed or stopped. ``refusal`` names why a migration is refused
    that would go through: by policy, or for the app's sake, which ``afterwards`` then shows.
    """

    folder: Path
    told: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def expected(self) -> dict[str, Any]:
        told = tomllib.loads((self.folder / "expected.toml").read_text())
        assert set(told) <= KEYS, f"{self.folder.name}: {set(told) - KEYS}"
        return told

    @property
    def blocks(self) -> set[str]:
        return set(self.expected.get("blocks", ()))

    @property
    def is_refused(self) -> bool:
        return bool(self.blocks)

    def text(self, name: str) -> str:
        """Read a file of the case, else the one that most share, else nothing."""
        for path in (self.folder / name, ROOT / name):
            if path.exists():
                return path.read_text()
        return ""

    @property
    def has_own_baseline(self) -> bool:
        return (self.folder / "baseline.sql").exists()


CASES = [ForesightCase(path.parent) for path in sorted(ROOT.glob("*/expected.toml"))]
