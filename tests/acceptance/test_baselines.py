"""Baselines as people have them: of a managed server, with extensions that nobody else has."""

import json
from pathlib import Path

from acceptance.production import Production
from acceptance.project import BASELINE, MIGRATION, Project

DUMPS = Path(__file__).parents[1] / "baselines"
PARSE_ONLY = ("--gate", "parse-only")
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

    refused = project.ask("preflight", *PARSE_ONLY, "001")
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


def test_a_baseline_of_several_files_is_read_in_its_order_and_names_the_file_that_fails(
    project: Project,
) -> None:
    parts = {
        "db/schema/parts/2_plans.sql": "CREATE TABLE plans (id uuid, paper_id uuid, at mood)",
        "db/schema/parts/1_papers.sql": "CREATE TABLE papers (id uuid PRIMARY KEY);\n-- end",
        "db/schema/types.sql": "CREATE TYPE mood AS ENUM ('good');\n",
    }
    (project.root / "db/schema/parts").mkdir()
    for path, text in parts.items():
        project.write(path, text)
    project.write(MIGRATION, KEY)
    several = 'baseline = ["db/schema/types.sql", "db/schema/parts"]'
    project.edit("releasegate.toml", f'baseline = "{BASELINE}"', several)
    project.commit()
    project.tag()

    passed = project.ask("preflight", "--gate", "release-tag", *PARSE_ONLY, "001")
    project.edit("db/schema/parts/2_plans.sql", "mood", "absent")
    project.commit()
    as_tagged = project.ask("preflight", *PARSE_ONLY, "001")
    project.git("tag", "--force", "--annotate", "v0", "--message", "v0")
    broken = project.ask("preflight", *PARSE_ONLY, "001")

    assert (passed.exit_code, passed.errors) == (0, set()), passed.stdout
    assert passed.gate("parse-only")["evidence"]["baseline"] == (
        "db/schema/types.sql, db/schema/parts/1_papers.sql, db/schema/parts/2_plans.sql at tag v0"
    )
    assert as_tagged.exit_code == 0
    failed = broken.finding("RG315")
    assert (failed["path"], failed["line"]) == ("db/schema/parts/2_plans.sql", 1)


def test_a_part_of_the_baseline_that_the_commit_lacks_blocks(project: Project) -> None:
    several = f'baseline = ["{BASELINE}", "db/schema/more*.sql"]'
    project.edit("releasegate.toml", f'baseline = "{BASELINE}"', several)
    project.commit()
    project.write("db/schema/more_1.sql", "SELECT 1;")

    run = project.ask("preflight", *PARSE_ONLY, "001")

    assert run.errors == {"RG315"}
    assert "db/schema/more*.sql is here, but not in the commit" in run.finding("RG315")["message"]


def test_on_a_supabase_platform_the_baseline_of_one_schema_is_enough(project: Project) -> None:
    project.write(
        BASELINE,
        "CREATE TABLE public.papers (id uuid PRIMARY KEY, owner_id uuid DEFAULT auth.uid());\n"
        "CREATE TABLE public.plans (id uuid PRIMARY KEY, paper_id uuid);\n"
        "GRANT SELECT ON public.papers TO authenticated;\n",
    )
    owner = "ALTER TABLE public.papers ADD CONSTRAINT papers_owner_fk FOREIGN KEY (owner_id)\n"
    project.write(MIGRATION, f"{KEY}{owner}  REFERENCES auth.users (id);\n")
    project.commit()

    configure(project, 'platform = "supabase"')
    passed = project.ask("preflight", *ON_A_SERVER, "001")

    assert (passed.exit_code, passed.errors) == (0, set()), passed.stdout


def test_a_prelude_is_run_by_an_administrator_as_it_is_committed(project: Project) -> None:
    prelude = "db/prelude.sql"
    project.write(prelude, "CREATE TYPE geometry;\nCREATE ROLE reader BYPASSRLS;\n")
    project.write(BASELINE, "CREATE TABLE plans (id int);\nGRANT SELECT ON plans TO reader;\n")
    project.write(MIGRATION, "ALTER TABLE plans ADD COLUMN note text;\n")
    configure(project, f'prelude = "{prelude}"')
    project.commit()
    project.tag()

    passed = project.ask("preflight", *PARSE_ONLY, "--trust-prelude", "001")
    project.write(prelude, "SELECT 1 / 0;\n")
    changed = project.ask("preflight", "--gate", "release-tag", "001")
    project.commit()
    project.git("tag", "--force", "--annotate", "v0", "--message", "v0")
    broken = project.ask("preflight", *PARSE_ONLY, "--trust-prelude", "001")

    assert (passed.exit_code, passed.errors) == (0, set()), passed.stdout
    assert changed.finding("RG104")["path"] == prelude
    failed = broken.finding("RG332")
    assert (failed["path"], failed["line"], broken.errors) == (prelude, 1, {"RG332"})


def begin_with(project: Project, **migrations: str) -> None:
    """Put these in place of the team's migrations, and cut the release."""
    for path in (project.root / "db/migrations").iterdir():
        path.unlink()
    add(project, **migrations)
    project.tag()


def add(project: Project, **migrations: str) -> None:
    for name, text in migrations.items():
        project.write(f"db/migrations/{name.removeprefix('m')}.sql", text)
    project.commit()


def test_what_is_there_before_is_tried_in_the_order_in_which_it_was_applied(
    project: Project, production: Production
) -> None:
    begin_with(project, m003_extra="ALTER TABLE plans ADD COLUMN extra text;")
    assert project.apply(production.url, "003").exit_code == 0
    add(project, m002_index="CREATE INDEX plans_extra ON plans (extra);")

    alone = project.ask("preflight", *PARSE_ONLY, "002")
    known = project.ask("preflight", "002", url=production.url)
    applied = project.apply(production.url, "002")
    add(project, m004_note="ALTER TABLE plans ADD COLUMN remark text;")
    after = project.ask("preflight", "--gate", "live-database", "004", url=production.url)

    assert alone.errors == {"RG309"}
    assert (known.exit_code, known.errors) == (0, set()), known.stdout
    assert known.finding("RG541")["level"] == "warning"
    assert (
        "003_extra.sql is applied, and comes after 002_index.sql"
        in (known.finding("RG541")["message"])
    )
    assert applied.exit_code == 0, applied.stdout
    assert (after.exit_code, after.finding("RG541")["level"]) == (0, "note"), after.stdout
