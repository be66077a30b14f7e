"""An app's source and a contract -> verdicts and findings."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from releasegate.appcode import Examination, examine
from releasegate.appcode.source.sources import Sources, source_files
from releasegate.repository import content

CASES = Path(__file__).parent / "app_code"

BASELINE = """
CREATE TABLE papers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text);
CREATE TABLE plans (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), paper_id uuid, title text);
CREATE TABLE runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), plan_id uuid, paper_id uuid, status text
);
"""
MIGRATION = """
ALTER TABLE runs
  ADD COLUMN IF NOT EXISTS plan_id uuid,
  ADD CONSTRAINT a FOREIGN KEY (plan_id) REFERENCES plans(id),
  ADD CONSTRAINT b FOREIGN KEY (paper_id) REFERENCES papers(id);
"""
GOOD = """\
def good(c, plan_id, paper_id):
    c.execute('INSERT INTO runs (plan_id, paper_id) VALUES (%s, %s)', (plan_id, paper_id))
"""


def look(root: Path, source: str, **settings: Any) -> Examination:
    """Examine one file; ``migration`` and ``baseline`` replace the usual ones."""
    (root / "app.py").write_text(textwrap.dedent(source))
    return examine_folder(root, **settings)


def examine_folder(root: Path, **settings: Any) -> Examination:
    roots, exclude = settings.get("roots", ()), settings.get("exclude", ())
    sources = source_files(root, roots=roots, exclude=exclude)
    return examine(
        migration_sql=settings.get("migration", MIGRATION),
        migration_path="001.sql",
        baseline_sql=settings.get("baseline", BASELINE),
        optional=settings.get("optional", ()),
        sources=sources,
        contents={path: content(root / path) for path in sources.files},
    )


def verdicts(examination: Examination) -> list[dict[str, str]]:
    return [
        {name: column["verdict"] for name, column in site["columns"].items()}
        for site in examination.evidence["write_sites"]
    ]


def codes(examination: Examination) -> list[str]:
    return sorted(finding.code for finding in examination.findings)


def cases(verdict: str) -> dict[str, str]:
    """Read the sources of one verdict: a file of cases, each under its name."""
    text = (CASES / f"{verdict}.txt").read_text()
    parts = text.split("# case: ")[1:]
    return dict(part.split("\n", 1) for part in parts)


#: what is sent for plan_id, whatever paper_id gets
VERDICTS = [
    pytest.param(source, verdict, id=f"{verdict}-{name}")
    for verdict in ("sent", "maybe_null", "omitted", "alias", "wrong_reference", "undecidable")
    for name, source in cases(verdict).items()
]


@pytest.mark.parametrize(("source", "expected"), VERDICTS)
def test_a_write_site_tells_what_it_sends_for_plan_id(
    tmp_path: Path, source: str, expected: str
) -> None:
    examination = look(tmp_path, source)

    found = [columns["plan_id"] for columns in verdicts(examination) if "plan_id" in columns]
    assert found == [expected]


@pytest.mark.parametrize("source", cases("no_site").values(), ids=cases("no_site").keys())
def test_what_only_looks_like_a_write_is_no_site(tmp_path: Path, source: str) -> None:
    examination = look(tmp_path, source)

    assert examination.evidence["write_sites"] == []
    assert "RG206" in codes(examination)


UNTOUCHED = {
    "update_of_another_column": "c.execute('UPDATE runs SET status = %s WHERE id = %s', (s, p))",
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
    "table_parameter": "c.execute(f'INSERT INTO {p} (id) VALUES (%s)', (s,))",
    "table_composed": "c.execute(sql.SQL('DELETE FROM {}').format(sql.Identifier(p)))",
    "table_percent": "c.execute('INSERT INTO %s (id) VALUES (1)' % p)",
    "builder_table": "c.table(p).insert(s).execute()",
    "builder_payload": "c.table('runs').insert(s).execute()",
    "builder_dump": "c.table('runs').insert(s.model_dump()).execute()",
    "builder_keywords": "c.table('runs').insert({'paper_id': p, **s}).execute()",
    "builder_comprehension": "c.table('runs').insert({k: v for k, v in s.items()}).execute()",
    "builder_update_payload": "c.table('runs').update(s).execute()",
    "set_joined": "c.execute('UPDATE runs SET ' + ', '.join(s) + ' WHERE id = %s', (p,))",
    "fragment": "q = ' '.join(['INSERT INTO runs', *s])",
}


#: the one line of a file that writes to a table: in no other way does the file speak of it
HIDDEN = {
    "quoted": """c.execute(f'INSERT INTO "{p}" (id) VALUES (1)')""",
    "escaped": r"""c.execute(f"INSERT INTO \"{p}\" (id) VALUES (1)")""",
    "added_escaped": r"""c.execute("INSERT INTO \"" + p + "\" (id) VALUES (1)")""",
    "schema": "c.execute(f'INSERT INTO public.{p} (id) VALUES (1)')",
    "schema_added": "c.execute('INSERT INTO public.' + p + ' (id) VALUES (1)')",
    "schema_quoted": """c.execute('INSERT INTO "public"."{}" (id) VALUES (1)'.format(p))""",
    "two_blanks": "c.execute(f'INSERT  INTO {p} (id) VALUES (1)')",
    "line_end": r"c.execute(f'insert into\n  {p} (id) VALUES (1)')",
    "only": "c.execute(f'UPDATE ONLY {p} SET plan_id = NULL')",
    "with": "c.execute(f'WITH a AS (SELECT 1) INSERT INTO {p} (id) SELECT 1')",
    "merge": "c.execute(f'MERGE INTO {p} USING s ON true WHEN MATCHED THEN DELETE')",
    "copy": "c.copy_expert(f'COPY {p} (id) FROM STDIN', s)",
    "truncate": "c.execute(f'TRUNCATE {p}')",
    "builder_f_string": "c.table(f'{p}').insert({'paper_id': s}).execute()",
    "builder_line_end": "c.table(\n        p\n    ).insert({'paper_id': s}).execute()",
    "builder_added": "c.table('r' + p).insert({'paper_id': s}).execute()",
}
HIDDEN_SCRIPTS = {
    "template": "db.from(`${t}`).insert({ paper_id: 1 })",
    "line_end": "db.from(\n  t\n).insert({ paper_id: 1 })",
    "knex": "knex(t).insert({ paper_id: 1 })",
    "quoted": 'db.query(`INSERT INTO "public"."${t}" (id) VALUES (1)`)',
}


@pytest.mark.parametrize("line", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_table_that_is_put_in_is_seen_in_a_file_of_its_own(tmp_path: Path, line: str) -> None:
    (tmp_path / "other.py").write_text(f"def f(c, s, p):\n    {line}\n")

    examination = look(tmp_path, GOOD)

    assert codes(examination) == ["RG205"]


@pytest.mark.parametrize("call", HIDDEN_SCRIPTS.values(), ids=HIDDEN_SCRIPTS.keys())
def test_a_table_that_is_put_in_is_seen_in_a_script_of_its_own(tmp_path: Path, call: str) -> None:
    (tmp_path / "other.ts").write_text(f"export const f = (db, knex, t) => {call}\n")

    examination = look(tmp_path, GOOD)

    assert codes(examination) == ["RG205"]


#: ways to write ``INSERT INTO runs``, each the only word of the table in its file
SEAMS = {
    "tab": r"c.execute('insert into\truns (paper_id) values (%s)', (p,))",
    "escape": r"c.execute('INSERT INTO\n  runs (paper_id) VALUES (%s)', (p,))",
    "comment": "c.execute('INSERT INTO /* all of them */ runs (paper_id) VALUES (%s)', (p,))",
    "blank_behind": "c.execute('INSERT INTO '\n              'runs (paper_id) VALUES (%s)', (p,))",
    "blank_before": "c.execute('INSERT INTO'\n              ' runs (paper_id) VALUES (%s)', (p,))",
    "f_string": "c.execute('INSERT INTO '\n              f'runs (paper_id) VALUES ({p})')",
    "added": "c.execute('INSERT INTO ' +\n              'runs (paper_id) VALUES (%s)', (p,))",
}


@pytest.mark.parametrize("call", SEAMS.values(), ids=SEAMS.keys())
def test_a_name_is_seen_behind_whatever_seam(tmp_path: Path, call: str) -> None:
    (columns,) = verdicts(look(tmp_path, f"def f(c, p):\n    {call}\n"))

    assert columns["plan_id"] == "omitted"


@pytest.mark.parametrize("name", ["app.py", "app.ts"])
def test_a_name_in_escaped_quotes_is_seen(tmp_path: Path, name: str) -> None:
    call = r"""db.query("INSERT INTO \"public\".\"runs\" (paper_id) VALUES ($1)", [p])"""
    begin = "def f(db, p): " if name == "app.py" else "export const f = (db, p) => "
    (tmp_path / name).write_text(f"{begin}{call}\n")

    (columns,) = verdicts(examine_folder(tmp_path))

    assert columns["plan_id"] == "omitted"


def test_a_table_with_a_quote_in_its_name_is_found(tmp_path: Path) -> None:
    baseline = BASELINE.replace("TABLE runs", 'TABLE "ru""ns"')
    migration = MIGRATION.replace("TABLE runs", 'TABLE "ru""ns"')
    source = GOOD.replace("INTO runs", 'INTO "ru""ns"')

    examination = look(tmp_path, source, baseline=baseline, migration=migration)

    assert verdicts(examination) == [{"plan_id": "sent", "paper_id": "sent"}]


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

    renamed = look(
        tmp_path, "c.table('runs').insert({'planId': p, 'paper_id': q})", baseline=baseline
    )

    assert codes(sent) == ["RG210"]
    assert codes(left_out) == ["RG211"]
    assert "RG211" in codes(renamed)


@pytest.mark.parametrize("name", ["runs.plan_id", "public.runs.plan_id"])
def test_an_optional_column_left_out_is_a_warning(tmp_path: Path, name: str) -> None:
    source = "SQL = 'INSERT INTO runs (paper_id) VALUES (%s)'"

    assert codes(look(tmp_path, source)) == ["RG201"]
    assert codes(look(tmp_path, source, optional=[name])) == ["RG213"]


def test_the_longest_table_name_tells_whose_id_a_value_is(tmp_path: Path) -> None:
    more = "; ALTER TABLE runs ADD test_plan_id uuid REFERENCES test_plans (id)"
    source = GOOD.replace("(plan_id, paper_id))", "(test_plan_id, paper_id))")

    examination = look(tmp_path, source, migration=MIGRATION.rstrip().rstrip(";") + more)

    assert codes(examination) == ["RG204", "RG211"]


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
    assert codes(look(tmp_path, f"{GOOD}\ndef g(c, p):\n{CHILD}{first}\n{second}\n")) == ["RG209"]


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
        b"x = x + 'INSERT INTO runs (id) VALUES (1)'\ndef f(): c.execute(x)\n",
        b"def f(a):\n    a = a\n    c.table('runs').insert(a)\n    c.table(a).update(*a, **a)\n",
        b"def f(a):\n    a |= a\n    c.table('runs').insert()\n    c.table().insert(a)\n",
        b"f'INSERT INTO runs ({x!r:>{w}}) VALUES ({', '.join(x)})'.format(*a, **b)\n",
        b"'INSERT INTO runs {} {0} {a.b[c]}'.format(1)\n",
        b"c.execute('INSERT INTO runs (id) VALUES (\\ud8ff)')\n",
    ],
    ids=range(14),
)
def test_odd_files_never_end_in_a_traceback_or_a_pass(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content)

    examination = examine_folder(tmp_path)

    assert set(codes(examination)) & {"RG201", "RG205", "RG206", "RG207"}


def test_a_file_that_was_not_to_be_had_is_a_finding() -> None:
    examination = examine(
        migration_sql=MIGRATION,
        migration_path="001.sql",
        baseline_sql=BASELINE,
        sources=Sources(("app.py", "gone.py"), (), ()),
        contents={"app.py": GOOD.encode(), "gone.py": None},
    )

    assert [(item.code, item.path) for item in examination.findings] == [("RG207", "gone.py")]


def test_an_expression_too_deep_to_be_followed_is_a_finding(tmp_path: Path) -> None:
    terms = "+".join(["row"] * 900)
    source = f"{GOOD}\ndef f(c, row):\n    c.table('runs').insert({terms})\n"

    (finding,) = look(tmp_path, source).findings

    assert (finding.code, finding.path) == ("RG207", "app.py")
    assert "nested too deeply" in finding.message


def test_no_source_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "app.py").write_text(GOOD)

    examination = examine_folder(tmp_path)

    assert codes(examination) == ["RG206", "RG212", "RG214"]
    assert examination.evidence["excluded"]["names"] == [{"path": "tests", "reason": "tests"}]


@pytest.mark.parametrize(
    "name",
    [
        *("a.test.ts", "a.spec.tsx", "a.stories.jsx", "test_a.py", "a_test.py", "a_pb2.py"),
        *("tests.py", "a_tests.py"),
        *("a.min.js", "a.go"),
    ],
)
def test_files_that_are_not_the_app_are_left_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("def test_it():\n    db.from('runs').insert({})\n")

    assert codes(look(tmp_path, GOOD)) == ["RG214"]


@pytest.mark.parametrize(("line", "is_read"), [("x = 1;" * 200, False), ("x = 1;\n" * 200, True)])
def test_what_a_bundler_wrote_is_left_out(tmp_path: Path, line: str, is_read: bool) -> None:
    text = "db.from('runs').insert({});\n" + f"{line}\n" * 60

    (tmp_path / "index-BVvVAX8f.js").write_text(text)

    assert ("RG201" in codes(look(tmp_path, GOOD))) == is_read


def test_a_file_of_the_app_that_is_only_called_like_a_test_is_read(tmp_path: Path) -> None:
    (tmp_path / "test_runs.py").write_text("SQL = 'INSERT INTO runs (id) VALUES (1)'\n")

    assert "RG201" in codes(look(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("first", "is_read"),
    [
        *(("upgrades/0001_runs.sql", False), ("upgrades/db12.sql", False)),
        *(("upgrades/functions.sql", True), ("versions/002_runs.sql", False)),
        *(("versions/v2.sql", True), ("migration/postgres/20180317.sql", False)),
        *(("migration/20180317_a.sql", False), ("migration/postgres/copy.sql", True)),
    ],
)
def test_a_folder_of_numbered_upgrades_holds_migrations(
    tmp_path: Path, first: str, is_read: bool
) -> None:
    (tmp_path / first).parent.mkdir(parents=True)
    (tmp_path / first).write_text("INSERT INTO runs (id) VALUES (1);\n")

    assert ("RG201" in codes(look(tmp_path, GOOD))) == is_read


@pytest.mark.parametrize(
    "folder",
    [
        *(".hidden", "tests", "migrations", "node_modules", "vendor", "__pycache__", "mine"),
        *("__tests__", "e2e", "built"),
    ],
)
def test_folders_that_are_not_the_app_are_left_out(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "other.py").write_text("SQL = 'INSERT INTO runs (id) VALUES (1)'\n")

    examination = look(tmp_path, GOOD, exclude=["mine"])

    assert codes(examination) == ["RG214"]
    assert examination.evidence["files"] == 1


def test_a_loop_of_links_ends_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "again").symlink_to(tmp_path, target_is_directory=True)

    assert codes(look(tmp_path, GOOD)) == ["RG207"]


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


def test_the_configured_folder_of_migrations_is_left_out_whatever_its_name(tmp_path: Path) -> None:
    for folder in ("db/changes", "db/seeds"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "001.sql").write_text("SELECT 1;")

    sources = source_files(tmp_path, roots=(), exclude=(), migrations="db/changes")

    assert sources.files == ("db/seeds/001.sql",)
    assert [(item.path, item.reason) for item in sources.left_out] == [("db/changes", "migrations")]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("n.parent_id", "maybe_null"), ("n.parent.id", "sent"), ("parent_id", "sent")],
)
def test_the_root_of_a_tree_is_written_without_a_parent(
    tmp_path: Path, value: str, verdict: str
) -> None:
    examination = look(
        tmp_path,
        f"""
        def f(c, tree, parent_id: str):
            for n in tree.nodes():
                c.execute('INSERT INTO nodes (id, parent_id) VALUES (%s, %s)', (n.id, {value}))
        """,
        migration="ALTER TABLE nodes ADD FOREIGN KEY (parent_id) REFERENCES nodes (id);",
        baseline="CREATE TABLE nodes (id uuid PRIMARY KEY, parent_id uuid);",
    )

    assert verdicts(examination) == [{"parent_id": verdict}]
