"""An app's source and a contract -> verdicts and findings."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from releasegate.appcode import Examination, examine

if TYPE_CHECKING:
    from pathlib import Path

BASELINE = """
CREATE TABLE papers (id uuid PRIMARY KEY, title text);
CREATE TABLE plans (id uuid PRIMARY KEY, paper_id uuid, title text);
CREATE TABLE runs (id uuid PRIMARY KEY, plan_id uuid, paper_id uuid, status text);
"""
MIGRATION = """
ALTER TABLE runs
  ADD COLUMN IF NOT EXISTS plan_id uuid,
  ADD CONSTRAINT a FOREIGN KEY (plan_id) REFERENCES plans(id),
  ADD CONSTRAINT b FOREIGN KEY (paper_id) REFERENCES papers(id);
"""
GOOD = "def good(c, plan_id, paper_id):\n    c.execute('INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)', (plan_id, paper_id))\n"


def look(root: Path, source: str, **settings: Any) -> Examination:
    """Examine one file; ``migration`` and ``baseline`` replace the usual ones."""
    (root / "app.py").write_text(textwrap.dedent(source))
    return examine_folder(root, **settings)


def examine_folder(root: Path, **settings: Any) -> Examination:
    return examine(
        root,
        migration_sql=settings.get("migration", MIGRATION),
        migration_path="001.sql",
        baseline_sql=settings.get("baseline", BASELINE),
        roots=settings.get("roots", ()),
        exclude=settings.get("exclude", ()),
        optional=settings.get("optional", ()),
    )


def verdicts(examination: Examination) -> list[dict[str, str]]:
    return [
        {name: column["verdict"] for name, column in site["columns"].items()}
        for site in examination.evidence["write_sites"]
    ]


def codes(examination: Examination) -> list[str]:
    return sorted(finding.code for finding in examination.findings)


#: source, verdict of plan_id; paper_id is always well
PLAN_ID = {
    "positional": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "named": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%(a)s, %(b)s)",
                      {"a": plan_id, "b": paper_id})
        """,
        "sent",
    ),
    "asyncpg": (
        """
        async def f(c, plan_id, paper_id):
            await c.execute("INSERT INTO runs (plan_id, paper_id) VALUES ($1, $2)", plan_id, paper_id)
        """,
        "sent",
    ),
    "asyncpg_none": (
        """
        async def f(c, paper_id):
            await c.execute("INSERT INTO runs (plan_id, paper_id) VALUES ($1, $2)", None, paper_id)
        """,
        "maybe_null",
    ),
    "sqlalchemy_text": (
        """
        def f(c, plan_id, paper_id):
            c.execute(text("INSERT INTO runs (plan_id, paper_id) VALUES (:plan, :paper)"),
                      {"plan": plan_id, "paper": paper_id})
        """,
        "sent",
    ),
    "omitted": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (paper_id) VALUES (%s)", (paper_id,))
        """,
        "omitted",
    ),
    "null_in_sql": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (NULL, %s)", (paper_id,))
        """,
        "maybe_null",
    ),
    "none_in_tuple": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (None, paper_id))
        """,
        "maybe_null",
    ),
    "conditional_value": (
        """
        def f(c, plan, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (plan.id if plan else None, paper_id))
        """,
        "maybe_null",
    ),
    "conditional_value_kept_by_str": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (str(plan_id), paper_id))
        """,
        "sent",
    ),
    "str_if_else_none": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (str(plan_id) if plan_id else None, paper_id))
        """,
        "maybe_null",
    ),
    "dict_get": (
        """
        def f(c, data, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (data.get("plan_id"), paper_id))
        """,
        "maybe_null",
    ),
    "dict_get_none": (
        """
        def f(c, data, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (data.get("plan_id", None), paper_id))
        """,
        "maybe_null",
    ),
    "dict_subscript": (
        """
        def f(c, data, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (data["plan_id"], paper_id))
        """,
        "sent",
    ),
    "optional_parameter": (
        """
        def f(c, paper_id: UUID, plan_id: Optional[UUID]):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "union_parameter_in_quotes": (
        """
        def f(c, paper_id: UUID, plan_id: "UUID | None"):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "default_none": (
        """
        def f(c, paper_id, plan_id=None):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "guarded_by_raise": (
        """
        def f(c, paper_id, plan_id=None):
            if plan_id is None:
                raise ValueError("no plan")
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "guarded_by_not_return": (
        """
        def f(c, paper_id, plan_id=None):
            if not plan_id or not c:
                return
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "guard_needs_both": (
        """
        def f(c, paper_id, plan_id=None):
            if not plan_id and not c:
                return
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "guard_of_another": (
        """
        def f(c, paper_id, plan_id=None):
            if paper_id is None:
                raise ValueError("no paper")
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "guard_that_goes_on": (
        """
        def f(c, paper_id, plan_id=None):
            if plan_id is None:
                log.warning("no plan")
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "guard_then_rebound": (
        """
        def f(c, paper_id, data, plan_id=None):
            if plan_id is None:
                raise ValueError("no plan")
            plan_id = data.get("plan_id")
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "guard_in_loop": (
        """
        def f(c, paper_id, rows):
            for row in rows:
                plan_id = row.get("plan_id")
                if not plan_id:
                    continue
                c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "enclosing_if": (
        """
        def f(c, paper_id, plan_id=None):
            if plan_id:
                c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "enclosing_else": (
        """
        def f(c, paper_id, plan_id=None):
            if plan_id:
                pass
            else:
                c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "filled_in": (
        """
        def f(c, paper_id, plan_id=None):
            if plan_id is None:
                plan_id = make_plan(c)
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "or_none": (
        """
        def f(c, paper_id, plan_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (plan_id or None, paper_id))
        """,
        "maybe_null",
    ),
    "and": (
        """
        def f(c, paper_id, plan):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (plan and plan.id, paper_id))
        """,
        "maybe_null",
    ),
    "assigned_none_on_one_path": (
        """
        def f(c, paper_id, plan):
            plan_id = None
            if plan:
                plan_id = plan.id
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "assigned_none_and_then_always": (
        """
        def f(c, paper_id, plan):
            plan_id = None
            plan_id = plan.id
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "sent",
    ),
    "function_that_returns_optional": (
        """
        def find(c) -> UUID | None:
            return None

        def f(c, paper_id):
            plan_id = find(c)
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "optional_field_of_a_declared_class": (
        """
        class NewRun(BaseModel):
            paper_id: UUID
            plan_id: UUID | None = None

        def f(c, run: NewRun):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      (run.plan_id, run.paper_id))
        """,
        "maybe_null",
    ),
    "wrong_parent": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (paper_id, paper_id))
        """,
        "wrong_reference",
    ),
    "wrong_parent_attribute": (
        """
        def f(c, paper, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (paper.id, paper_id))
        """,
        "wrong_reference",
    ),
    "wrong_parent_through_a_variable": (
        """
        def f(c, paper, paper_id):
            plan_id = paper.id
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan_id, paper_id))
        """,
        "wrong_reference",
    ),
    "own_id": (
        """
        def f(c, key, paper_id):
            c.execute("INSERT INTO runs (id, plan_id, paper_id) VALUES (%s, %s, %s)",
                      (key, key, paper_id))
        """,
        "wrong_reference",
    ),
    "own_bind": (
        """
        def f(c, values):
            c.execute("INSERT INTO runs (id, plan_id, paper_id) VALUES (%(id)s, %(id)s, %(p)s)", values)
        """,
        "wrong_reference",
    ),
    "sentinel": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                      ("00000000-0000-0000-0000-000000000000", paper_id))
        """,
        "wrong_reference",
    ),
    "fresh_id": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (uuid4(), paper_id))
        """,
        "wrong_reference",
    ),
    "parents_own_attribute": (
        """
        def f(c, plan):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (plan.id, plan.paper_id))
        """,
        "sent",
    ),
    "too_few_values": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)", (paper_id,))
        """,
        "undecidable",
    ),
    "fewer_values_than_columns": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s)", (paper_id,))
        """,
        "undecidable",
    ),
    "missing_bind": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%(plan_id)s, %(paper_id)s)",
                      {"paper_id": paper_id})
        """,
        "undecidable",
    ),
    "no_column_list": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs VALUES (%s, %s, %s)", (1, plan_id, paper_id))
        """,
        "undecidable",
    ),
    "columns_joined": (
        """
        def f(c, columns, values):
            c.execute(f"INSERT INTO runs ({', '.join(columns)}) VALUES (%s)", values)
        """,
        "undecidable",
    ),
    "scalar_subquery": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) "
                      "VALUES ((SELECT id FROM plans LIMIT 1), %s)", (paper_id,))
        """,
        "maybe_null",
    ),
    "coalesce_to_a_value": (
        """
        def f(c, plan_id, data, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (coalesce(%s, %s), %s)",
                      (data.get("plan_id"), plan_id, paper_id))
        """,
        "sent",
    ),
    "nullif": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (NULLIF(%s, ''), %s)",
                      (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "insert_select_keys": (
        """
        def f(c, plan_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) "
                      "SELECT p.id, p.paper_id FROM plans p WHERE p.id = %s", (plan_id,))
        """,
        "sent",
    ),
    "insert_select_left_join": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) SELECT p.id, %s "
                      "FROM papers x LEFT JOIN plans p ON p.paper_id = x.id", (paper_id,))
        """,
        "maybe_null",
    ),
    "insert_select_wrong_id": (
        """
        def f(c, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) SELECT x.id, x.id FROM papers x")
        """,
        "wrong_reference",
    ),
    "cte_of_a_new_parent": (
        """
        def f(c, paper_id):
            c.execute("WITH p AS (INSERT INTO plans (id, paper_id) VALUES (%s, %s) RETURNING id) "
                      "INSERT INTO runs (plan_id, paper_id) SELECT p.id, %s FROM p", (1, 2, paper_id))
        """,
        "sent",
    ),
    "upsert_that_nulls": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s) "
                      "ON CONFLICT (id) DO UPDATE SET plan_id = NULL", (plan_id, paper_id))
        """,
        "maybe_null",
    ),
    "upsert_from_excluded": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s) "
                      "ON CONFLICT (id) DO UPDATE SET plan_id = excluded.plan_id", (plan_id, paper_id))
        """,
        "sent",
    ),
    "second_statement": (
        """
        def f(c, paper_id):
            c.execute("SELECT 1; INSERT INTO runs (paper_id) VALUES (%s)", (paper_id,))
        """,
        "omitted",
    ),
    "second_row": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s), (NULL, %s)",
                      (plan_id, paper_id, paper_id))
        """,
        "maybe_null",
    ),
    "percent_is_doubled": (
        """
        def f(c, plan_id, paper_id):
            c.execute("INSERT INTO runs (status, plan_id, paper_id) VALUES ('100%%', %s, %s)",
                      (plan_id, paper_id))
        """,
        "sent",
    ),
    "quoted_and_qualified": (
        """
        def f(c, paper_id):
            c.execute('INSERT INTO "public"."runs" (paper_id) VALUES (%s)', (paper_id,))
        """,
        "omitted",
    ),
    "psycopg_composed": (
        """
        def f(c, plan_id, paper_id):
            c.execute(sql.SQL("INSERT INTO {} (plan_id, paper_id) VALUES (%s, %s)")
                      .format(sql.Identifier("runs")), (plan_id, paper_id))
        """,
        "sent",
    ),
    "f_string_table": (
        """
        TABLE = "runs"

        def f(c, plan_id, paper_id):
            c.execute(f"INSERT INTO {TABLE} (paper_id) VALUES (%s)", (paper_id,))
        """,
        "omitted",
    ),
    "local_variables": (
        """
        def f(c, paper_id, plan_id=None):
            query = "INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)"
            values = (plan_id, paper_id)
            c.execute(query, values)
        """,
        "maybe_null",
    ),
    "added_constant": (
        """
        START = "INSERT INTO runs "

        def f(c, paper_id):
            c.execute(START + "(paper_id) VALUES (%s)", (paper_id,))
        """,
        "omitted",
    ),
    "class_constant": (
        """
        class Store:
            SQL = "INSERT INTO runs (plan_id, paper_id) VALUES (%(plan_id)s, %(paper_id)s)"

            def f(self, paper_id, plan_id=None):
                self.c.execute(self.SQL, {"plan_id": plan_id, "paper_id": paper_id})
        """,
        "maybe_null",
    ),
    "never_run": (
        """
        SQL = "INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)"
        """,
        "sent",
    ),
    "never_run_and_short": (
        """
        SQL = "INSERT INTO runs (paper_id) VALUES (%s)"
        """,
        "omitted",
    ),
    "executemany": (
        """
        def f(c, plans, paper_id):
            c.executemany("INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)",
                          [(plan.get("id"), paper_id) for plan in plans])
        """,
        "maybe_null",
    ),
    "execute_values": (
        """
        def f(c, plan_ids, paper_id):
            execute_values(c, "INSERT INTO runs (plan_id, paper_id) VALUES %s",
                           [(plan_id, paper_id) for plan_id in plan_ids])
        """,
        "sent",
    ),
    "execute_values_null": (
        """
        def f(c, paper_id):
            rows = []
            rows.append((None, paper_id))
            execute_values(c, "INSERT INTO runs (plan_id, paper_id) VALUES %s", rows)
        """,
        "maybe_null",
    ),
    "built_step_by_step": (
        """
        def f(c, columns):
            query = "INSERT INTO runs (paper_id"
            query += ", plan_id) VALUES (%s, %s)"
            c.execute(query, columns)
        """,
        "undecidable",
    ),
    "builder_literal": (
        """
        def f(client, plan_id, paper_id):
            client.table("runs").insert({"plan_id": plan_id, "paper_id": paper_id}).execute()
        """,
        "sent",
    ),
    "builder_without": (
        """
        def f(client, plan_id, paper_id):
            client.table("runs").insert({"paper_id": paper_id}).execute()
        """,
        "omitted",
    ),
    "builder_alias": (
        """
        def f(client, plan_id, paper_id):
            client.table("runs").insert({"planId": plan_id, "paper_id": paper_id}).execute()
        """,
        "alias",
    ),
    "builder_second_row": (
        """
        def f(client, plan_id, paper_id):
            client.from_("runs").upsert([
                {"plan_id": plan_id, "paper_id": paper_id},
                {"plan_id": None, "paper_id": paper_id},
            ]).execute()
        """,
        "maybe_null",
    ),
    "builder_steps": (
        """
        def f(client, plan_id, paper_id):
            row = {"paper_id": paper_id}
            row["plan_id"] = plan_id
            client.table("runs").insert(row).execute()
        """,
        "sent",
    ),
    "builder_conditional_step": (
        """
        def f(client, plan_id, paper_id):
            row = {"paper_id": paper_id}
            if plan_id:
                row["plan_id"] = plan_id
            client.table("runs").insert(row).execute()
        """,
        "omitted",
    ),
    "builder_step_after": (
        """
        def f(client, plan_id, paper_id):
            row = {"paper_id": paper_id}
            client.table("runs").insert(row).execute()
            row["plan_id"] = plan_id
        """,
        "omitted",
    ),
    "builder_pop": (
        """
        def f(client, plan_id, paper_id):
            row = {"paper_id": paper_id, "plan_id": plan_id}
            row.pop("plan_id")
            client.table("runs").insert(row).execute()
        """,
        "omitted",
    ),
    "builder_spread_then_key": (
        """
        def f(client, base, plan_id, paper_id):
            client.table("runs").insert({**base, "plan_id": plan_id, "paper_id": paper_id}).execute()
        """,
        "sent",
    ),
    "builder_key_then_spread": (
        """
        def f(client, plan_id, paper_id):
            extra = {"plan_id": None}
            client.table("runs").insert({"plan_id": plan_id, "paper_id": paper_id, **extra}).execute()
        """,
        "maybe_null",
    ),
    "builder_appended": (
        """
        def f(client, plans, paper_id):
            rows = []
            for plan in plans:
                rows.append({"plan_id": plan.get("id"), "paper_id": paper_id})
            client.table("runs").insert(rows).execute()
        """,
        "maybe_null",
    ),
    "builder_kept": (
        """
        def f(client, plan_id, paper_id):
            runs = client.table("runs")
            runs.insert({"paper_id": paper_id}).execute()
        """,
        "omitted",
    ),
    "builder_of_self": (
        """
        class Store:
            def __init__(self, client):
                self.runs = client.table("runs")

            def f(self, paper_id):
                self.runs.insert({"paper_id": paper_id}).execute()
        """,
        "omitted",
    ),
    "merge": (
        """
        def f(c, plan_id, paper_id):
            c.execute("MERGE INTO runs r USING plans p ON r.plan_id = p.id "
                      "WHEN NOT MATCHED THEN INSERT (paper_id) VALUES (%s)", (paper_id,))
        """,
        "omitted",
    ),
    "update_to_null": (
        """
        def f(c, run_id):
            c.execute("UPDATE runs SET plan_id = NULL WHERE id = %s", (run_id,))
        """,
        "maybe_null",
    ),
}


@pytest.mark.parametrize(("source", "expected"), PLAN_ID.values(), ids=PLAN_ID.keys())
def test_a_write_site_tells_what_it_sends_for_plan_id(
    tmp_path: Path, source: str, expected: str
) -> None:
    examination = look(tmp_path, source)

    found = [columns["plan_id"] for columns in verdicts(examination) if "plan_id" in columns]
    assert found == [expected]


NO_SITES = {
    "docstring": '''
        def f():
            """INSERT INTO runs (paper_id) VALUES (1)"""
        ''',
    "log_message": """
        def f(log):
            log.error("DELETE FROM runs")
        """,
    "raised": """
        def f():
            raise ValueError("UPDATE runs SET plan_id = NULL")
        """,
    "prefix_table": """
        def f(c, paper_id):
            c.execute("INSERT INTO runs_archive (paper_id) VALUES (%s)", (paper_id,))
        """,
    "suffix_table": """
        def f(c, paper_id):
            c.execute("INSERT INTO dry_runs (paper_id) VALUES (%s)", (paper_id,))
        """,
    "other_schema": """
        def f(c, paper_id):
            c.execute("INSERT INTO archive.runs (paper_id) VALUES (%s)", (paper_id,))
        """,
    "definition": """
        DDL = "CREATE TRIGGER t AFTER INSERT ON runs EXECUTE FUNCTION f()"
        """,
    "comment_in_sql": """
        SQL = "SELECT 1 FROM runs -- INSERT INTO runs (paper_id) VALUES (1)"
        """,
    "text_in_sql": """
        SQL = "SELECT 'INSERT INTO runs (paper_id) VALUES (1)' FROM runs"
        """,
    "sentence": """
        HELP = {"key": "update runs that failed, or insert into runs again"}
        """,
    "storage_bucket": """
        def f(client, data):
            client.storage.from_("runs").update("path", data)
        """,
    "dictionary": """
        def f(runs, row):
            runs.update({"plan_id": None})
            runs.insert(0, row)
        """,
    "read": """
        def f(client):
            client.table("runs").select("plan_id").execute()
        """,
}


@pytest.mark.parametrize("source", NO_SITES.values(), ids=NO_SITES.keys())
def test_what_only_looks_like_a_write_is_no_site(tmp_path: Path, source: str) -> None:
    examination = look(tmp_path, source)

    assert examination.evidence["write_sites"] == []
    assert "RG206" in codes(examination)


UNTOUCHED = {
    "update_of_another_column": "c.execute('UPDATE runs SET status = %s WHERE plan_id = %s', (s, p))",
    "builder_update": "c.table('runs').update({'status': s}).eq('plan_id', p).execute()",
    "builder_delete": "c.table('runs').delete().eq('plan_id', p).execute()",
    "delete_of_a_child": "c.execute('DELETE FROM runs WHERE plan_id = %s', (p,))",
    "parent": "c.execute('INSERT INTO papers (title) VALUES (%s)', (s,))",
}


@pytest.mark.parametrize("line", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_a_write_that_leaves_the_columns_alone_is_no_finding(tmp_path: Path, line: str) -> None:
    source = f"{GOOD}\ndef f(c, s, p):\n    {line}\n"

    examination = look(tmp_path, source)

    assert codes(examination) == []
    assert len(examination.evidence["write_sites"]) == 2


RIDDLES = {
    "table_parameter": "c.execute(f'INSERT INTO {p} (a) VALUES (%s)', (s,))",
    "table_composed": "c.execute(sql.SQL('DELETE FROM {}').format(sql.Identifier(p)))",
    "table_percent": "c.execute('INSERT INTO %s (a) VALUES (1)' % p)",
    "builder_table": "c.table(p).insert(s).execute()",
    "builder_payload": "c.table('runs').insert(s).execute()",
    "builder_dump": "c.table('runs').insert(s.model_dump()).execute()",
    "builder_keywords": "c.table('runs').insert({'paper_id': p, **s}).execute()",
    "builder_comprehension": "c.table('runs').insert({k: v for k, v in s.items()}).execute()",
    "builder_update_payload": "c.table('runs').update(s).execute()",
    "set_joined": "c.execute('UPDATE runs SET ' + ', '.join(s) + ' WHERE id = %s', (p,))",
    "fragment": "q = ' '.join(['INSERT INTO runs', *s])",
}


@pytest.mark.parametrize("line", RIDDLES.values(), ids=RIDDLES.keys())
def test_what_cannot_be_seen_is_never_a_pass(tmp_path: Path, line: str) -> None:
    examination = look(tmp_path, f"{GOOD}\ndef f(c, s, p):\n    {line}\n")

    assert set(codes(examination)) == {"RG205"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (
            "plan_id, paper_id) VALUES (%s, %s)', (plan_id, paper_id)",
            "paper_id) VALUES (%s)', (paper_id,)",
            "RG201",
        ),
        ("(plan_id, paper_id))", "(None, paper_id))", "RG202"),
        ("(plan_id, paper_id))", "(paper_id, paper_id))", "RG204"),
        ("(plan_id, paper_id))", "(paper_id,))", "RG205"),
        ("runs", "runz", "RG206"),
        ("def good(", "def good(:", "RG207"),
    ],
    ids=["omitted", "none", "wrong", "shifted", "other_table", "broken"],
)
def test_one_token_decides(tmp_path: Path, before: str, after: str, code: str) -> None:
    assert codes(look(tmp_path, GOOD)) == []

    assert code in codes(look(tmp_path, GOOD.replace(before, after)))


def test_a_column_that_the_migration_creates_is_asked_for_in_the_next_release(
    tmp_path: Path,
) -> None:
    baseline = BASELINE.replace("plan_id uuid, paper_id uuid, status", "paper_id uuid, status")

    sent = look(tmp_path, GOOD, baseline=baseline)
    left_out = look(
        tmp_path,
        GOOD.replace("plan_id, paper_id)", "paper_id)").replace("(%s, %s)", "(%s)"),
        baseline=baseline,
    )

    assert codes(sent) == ["RG210"]
    assert codes(left_out) == ["RG211"]


@pytest.mark.parametrize("name", ["runs.plan_id", "public.runs.plan_id"])
def test_an_optional_column_left_out_is_a_warning(tmp_path: Path, name: str) -> None:
    source = "SQL = 'INSERT INTO runs (paper_id) VALUES (%s)'"

    assert codes(look(tmp_path, source)) == ["RG201"]
    assert codes(look(tmp_path, source, optional=[name])) == ["RG213"]


def test_an_optional_column_with_a_wrong_value_is_still_an_error(tmp_path: Path) -> None:
    source = GOOD.replace("(plan_id, paper_id))", "(paper_id, paper_id))")

    assert codes(look(tmp_path, source, optional=["runs.plan_id"])) == ["RG204"]


DELETE = "\ndef f(c, p):\n    c.execute('DELETE FROM plans WHERE id = %s', (p,))\n"
CHILD = "    c.execute('DELETE FROM runs WHERE plan_id = %s', (p,))\n"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("", "it fails while runs.plan_id still refers to the row"),
        ("ON DELETE RESTRICT", "it fails while runs.plan_id still refers to the row"),
        ("ON DELETE CASCADE", "the rows of runs go along"),
        ("ON DELETE SET NULL", "runs.plan_id becomes NULL"),
    ],
)
def test_deleting_a_parent_says_what_becomes_of_the_children(
    tmp_path: Path, action: str, words: str
) -> None:
    migration = MIGRATION.replace("plans(id)", f"plans(id) {action}")

    examination = look(tmp_path, GOOD + DELETE, migration=migration)

    assert codes(examination) == ["RG209"]
    assert words in examination.findings[0].message
    assert examination.evidence["write_sites"][1]["parent_delete"]["children"] == ["public.runs"]


def test_children_deleted_before_their_parent_are_no_finding(tmp_path: Path) -> None:
    first, second = DELETE.rstrip("\n").rsplit("\n", 1)

    assert codes(look(tmp_path, f"{GOOD}{first}\n{CHILD}{second}\n")) == []
    assert codes(look(tmp_path, f"{GOOD}{first}\n{second}\n{CHILD}")) == ["RG209"]


def test_a_constant_is_judged_where_another_file_runs_it(tmp_path: Path) -> None:
    (tmp_path / "statements.py").write_text(
        "INSERT = 'INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)'\n"
    )

    examination = look(
        tmp_path,
        """
        from statements import INSERT

        def f(c, paper_id, plan_id=None):
            c.execute(INSERT, (plan_id, paper_id))
        """,
    )

    assert [(f.code, f.path, f.line) for f in examination.findings] == [("RG202", "app.py", 5)]


def test_a_finding_names_file_and_line_of_the_statement(tmp_path: Path) -> None:
    source = 'x = 1\nSQL = """\n\n  INSERT INTO runs (paper_id)\n  VALUES (%s)"""\n'

    examination = look(tmp_path, source)

    assert [(f.code, f.path, f.line) for f in examination.findings] == [("RG201", "app.py", 4)]


def test_a_statement_in_several_literals_has_its_own_line(tmp_path: Path) -> None:
    source = "SQL = (\n    'SELECT 1; '\n    'INSERT INTO runs (paper_id) '\n    'VALUES (%s)'\n)\n"

    assert look(tmp_path, source).findings[0].line == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00INSERT INTO runs",
        b"# -*- coding: nonsense -*-\nINSERT = 'runs'\n",
        b"\xff\xfe insert runs",
        b"insert = runs = (" + b"(" * 5000,
        b"INSERT = 'INSERT INTO runs (' + 'runs" + b"'\n",
        b"x = '" + b"INSERT INTO runs VALUES (" * 400 + b"'\n",
        b"x = " + b"-" * 3000 + b"1 # insert runs\n",
        b"x = x + 'INSERT INTO runs (a) VALUES (1)'\ndef f(): c.execute(x)\n",
        b"def f(a):\n    a = a\n    c.table('runs').insert(a)\n    c.table(a).update(*a, **a)\n",
        b"def f(a):\n    a = {**a, 'x': 1}\n    a |= a\n    c.table('runs').insert()\n    c.table().insert(a)\n",
        b"f'INSERT INTO runs ({x!r:>{w}}) VALUES ({', '.join(x)})'.format(*a, **b)\n",
        b"'INSERT INTO runs {} {0} {a.b[c]}'.format(1)\n",
    ],
    ids=range(13),
)
def test_odd_files_never_end_in_a_traceback_or_a_pass(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content)

    examination = examine_folder(tmp_path)

    assert set(codes(examination)) & {"RG201", "RG205", "RG206", "RG207"}


def test_no_source_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "app.py").write_text(GOOD)

    examination = examine_folder(tmp_path)

    assert codes(examination) == ["RG206", "RG212", "RG214"]
    assert examination.evidence["excluded"]["names"] == [{"path": "tests", "reason": "tests"}]


@pytest.mark.parametrize(
    "folder", [".hidden", "tests", "migrations", "node_modules", "vendor", "__pycache__", "mine"]
)
def test_folders_that_are_not_the_app_are_left_out(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "other.py").write_text("SQL = 'INSERT INTO runs (id) VALUES (1)'\n")

    examination = look(tmp_path, GOOD, exclude=["mine"])

    assert codes(examination) == ["RG214"]
    assert examination.evidence["files"] == 1


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "again").symlink_to(tmp_path, target_is_directory=True)

    assert codes(look(tmp_path, GOOD)) == []


def test_a_broken_link_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")

    assert codes(look(tmp_path, GOOD)) == ["RG207"]


def test_a_root_that_is_missing_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "good.py").write_text(GOOD)

    assert codes(examine_folder(tmp_path, roots=["app", "nowhere"])) == ["RG207"]


def test_a_migration_without_keys_asks_nothing(tmp_path: Path) -> None:
    examination = look(tmp_path, "x = 1", migration="CREATE INDEX ON runs (plan_id);")

    assert examination.findings == ()
    assert examination.evidence["contract"] == []
    assert examination.evidence["reason"] == "the migration has no foreign keys"


@pytest.mark.parametrize(
    "migration",
    ["DO $$ BEGIN EXECUTE 'ALTER TABLE runs'; END $$;", "CALL add_keys();", "ALTER TABLE;"],
)
def test_a_contract_that_cannot_be_read_is_never_an_empty_one(
    tmp_path: Path, migration: str
) -> None:
    examination = look(tmp_path, GOOD, migration=migration)

    assert codes(examination) == ["RG208"]
    assert (examination.findings[0].path, examination.findings[0].line) == ("001.sql", 1)
