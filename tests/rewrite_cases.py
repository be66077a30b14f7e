"""tests/rewrites/CASE/ -> the migration, what it starts from, and the plan that it must give."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from releasegate.migrations import text
from releasegate.model import Directives, Migration, Plan
from releasegate.plan import AS_WRITTEN, ONLINE, CannotPlan, make_plan
from releasegate.reports.sql import step_lines
from releasegate.statements.parser import Statement, parse

ROOT = Path(__file__).parent / "rewrites"
NEWEST = 18
#: majors whose plan is another than the newest's
OLDER = (15,)


@dataclass(frozen=True)
class RewriteCase:
    """One folder."""

    folder: Path

    @property
    def migration(self) -> Migration:
        content = (self.folder / "migration.sql").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return Migration("001_case.sql", 1, digest, content, Directives(), draft=False)

    @property
    def statements(self) -> tuple[Statement, ...]:
        return parse(text(self.migration))

    @property
    def baseline(self) -> Path:
        own = self.folder / "baseline.sql"
        return own if own.exists() else ROOT / "baseline.sql"

    @property
    def since(self) -> int:
        """The first major whose grammar takes the file, as its first line says."""
        found = re.match(r"-- PostgreSQL (\d+)", self.migration.content.decode())
        return int(found[1]) if found else 0

    def expected(self, major: int) -> str:
        """Give the plan's text: plan.15.sql where 15's is another one."""
        own = self.folder / f"plan.{major}.sql"
        return (own if own.exists() else self.folder / "plan.sql").read_bytes().decode()

    def plan(self, major: int, *, strategy: str = ONLINE) -> Plan:
        """Plan the file.

        Raises:
            CannotPlan: it has no online form.
        """
        before = parse(self.baseline.read_text())
        return make_plan(
            self.migration, self.statements, major=major, strategy=strategy, baseline=before
        )

    def written(self, major: int) -> Plan:
        return self.plan(major, strategy=AS_WRITTEN)

    def text(self, major: int) -> str:
        """Write the plan as plan.sql has it, or the findings that refuse it."""
        try:
            steps = self.plan(major).steps
        except CannotPlan as refused:
            return "".join(
                f"-- {f.code} {f.line}:{f.column} {f.message}\n--   {f.help}\n"
                for f in refused.findings
            )
        return "\n".join("".join(f"{line}\n" for line in step_lines(step)) for step in steps)

    def is_refused(self, major: int) -> bool:
        return self.expected(major).startswith("-- RG401 ")


CASES = tuple(
    RewriteCase(path) for path in sorted(ROOT.iterdir()) if (path / "migration.sql").exists()
)
