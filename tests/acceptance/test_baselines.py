"""Baselines as people have them: of a managed server, with extensions that nobody else has."""

import json
from pathlib import Path

from acceptance.project import BASELINE, MIGRATION, Project

DUMPS = Path(__file__).parents[1] / "baselines"
ON_A_SERVER = ("--gate", "parse-only", "--gate", "rehearsal")
KEY = """ALTER TABLE public.plans
  ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper_id) REFERENCES public.papers (id);
"""


def configure(project: Project, scratch: str) -> None:
    """Put a section into the configuration, before the others."""
    project.edit("releasegate.toml", "[app-code]", f"[scratch]\n{scratch}\n\n[app-code]")


def test_a_supabase_dump_is_rehearsed_with_stand_ins_that_are_asked_for_and_warned_of(
    project: Project,
) -> None:
    project.write(BASELINE, (DUMPS / "supabase-17/schema.sql").read_text())
    project.write(MIGRATION, KEY)
    project.commit()
    lacks = ["pg_graphql", "pgcrypto", "supabase_vault", "uuid-ossp"]

    refused = project.ask("preflight", *ON_A_SERVER, "001")
    configure(project, f"stand-ins = {json.dumps(lacks)}")
    passed = project.ask("preflight", *ON_A_SERVER, "001")

    assert refused.errors == {"RG330"}
    assert json.dumps(lacks) in refused.finding("RG330")["message"]
    assert refused.finding("RG330")["line"] == project.line_of(
        BASELINE, "CREATE EXTENSION IF NOT EXISTS pg_graphql"
    )
    assert (passed.exit_code, passed.errors) == (0, set()), passed.stdout
    assert passed.finding("RG331")["level"] == "warning"
    evidence = passed.gate("parse-only")["evidence"]
    assert evidence["stand_ins"] == lacks
    assert any("in place of" in said for said in evidence["baseline_adapted"])
