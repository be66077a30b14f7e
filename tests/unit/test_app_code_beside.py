"""An app's source -> what hides a verdict, what starts to fail, and what pragmas settle."""

from __future__ import annotations

import textwrap

import pytest

from releasegate.appcode import Examination, examine
from releasegate.appcode.source.sources import Sources
from releasegate.model import Finding, Level

BASELINE = """
CREATE TABLE papers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text, pages int);
CREATE TABLE runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  paper_id uuid,
  status text
);
"""
KEY = "ALTER TABLE runs ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES papers (id);"


def look(
    source: str, *, path: str = "app.py", migration: str = KEY, baseline: str = BASELINE
) -> Examination:
    contents: dict[str, bytes | None] = {path: textwrap.dedent(source).encode()}
    return examine(
        migration_sql=migration,
        migration_path="001.sql",
        baseline_sql=baseline,
        sources=Sources(tuple(contents), (), ()),
        contents=contents,
    )


def found(source: str, code: str, **settings: str) -> list[Finding]:
    return [item for item in look(source, **settings).findings if item.code == code]


def test_a_key_that_is_no_column_is_named() -> None:
    source = """
        def f(c, p):
            c.table("runs").insert({"paper_id": p, "state": "new", "status": "x"}).execute()
    """

    (finding,) = found(source, "RG215")

    assert finding.message.startswith("state is no column of runs")
    assert (finding.path, finding.line, finding.level) == ("app.py", 3, Level.WARNING)


def test_an_alias_is_said_once() -> None:
    source = 'def f(c, p):\n    c.table("runs").insert({"paperId": p}).execute()\n'

    codes = {item.code for item in look(source).findings}

    assert codes == {"RG203"}


@pytest.mark.parametrize(
    ("column", "expected"),
    [("seq int NOT NULL", 1), ("seq int NOT NULL DEFAULT 1", 0), ("seq int", 0), ("seq serial", 0)],
)
def test_a_not_null_column_without_default_must_be_sent(column: str, expected: int) -> None:
    source = "SQL = 'INSERT INTO runs (paper_id) VALUES (%s)'\n"
    baseline = BASELINE.replace("status text", f"status text, {column}")

    listed = found(source, "RG216", baseline=baseline)

    assert len(listed) == expected


HANDLERS = {
    "logs": ("log.error('x')", 1),
    "passes": ("pass", 1),
    "returns_none": ("log.error('x'); return None", 1),
    "raises": ("log.error('x'); raise", 0),
    "raises_another": ("raise RuntimeError from error", 0),
    "tells": ("return failed(error)", 0),
    "counts": ("errors.append(error)", 0),
}


@pytest.mark.parametrize(("handler", "expected"), HANDLERS.values(), ids=HANDLERS.keys())
def test_a_failure_that_is_only_logged_is_named(handler: str, expected: int) -> None:
    source = f"""
        def f(c, p, log, errors):
            try:
                c.execute("INSERT INTO runs (paper_id) VALUES (%s)", (p,))
            except Exception as error:
                {handler}
    """

    assert len(found(source, "RG217")) == expected


def test_a_child_before_its_parent_is_named() -> None:
    child = 'c.execute("INSERT INTO runs (paper_id) VALUES (%s)", (paper_id,))'
    parent = 'c.execute("INSERT INTO papers (id) VALUES (%s)", (paper_id,))'
    other = 'c.execute("INSERT INTO papers (id) VALUES (%s)", (next_id,))'

    def inside(*lines: str) -> str:
        return "def f(c, paper_id, next_id):\n" + "".join(f"    {line}\n" for line in lines)

    assert [item.line for item in found(inside(child, parent), "RG218")] == [2]
    assert found(inside(parent, child), "RG218") == []
    assert found(inside(child, other), "RG218") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRUNCATE papers", 1),
        ("TRUNCATE papers, runs", 0),
        ("TRUNCATE runs", 0),
        ("TRUNCATE papers CASCADE", 0),
    ],
)
def test_truncate_of_a_parent_is_an_error(text: str, expected: int) -> None:
    listed = found(f"def f(c):\n    c.execute('{text}')\n", "RG219")

    assert len(listed) == expected
    assert all(item.level is Level.ERROR for item in listed)
    # A TRUNCATE that fails takes no rows away: it is no delete of a parent beside.
    assert not (listed and found(f"def f(c):\n    c.execute('{text}')\n", "RG209"))


CHILD = "    c.execute('INSERT INTO runs (paper_id) VALUES (%s)', (p,))\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM papers WHERE id = %s FOR UPDATE", 1),
        ("SELECT * FROM papers WHERE id = %s FOR NO KEY UPDATE", 0),
        ("SELECT * FROM runs FOR UPDATE", 0),
    ],
)
def test_for_update_on_a_parent_is_named_where_children_are_inserted(
    text: str, expected: int
) -> None:
    lock = f"def f(c, p):\n    c.execute('{text}', (p,))\n"

    assert len(found(lock + CHILD, "RG220")) == expected
    assert found(lock, "RG220") == []


WHOLE = "import asyncpg\nasync def f(c):\n    await c.fetch('SELECT * FROM runs')\n"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ALTER TABLE runs ADD COLUMN plan_id uuid;", 1),
        ("ALTER TABLE runs DROP COLUMN status;", 1),
        ("ALTER TABLE runs ALTER COLUMN status TYPE varchar(20);", 1),
        ("ALTER TABLE runs ADD COLUMN IF NOT EXISTS status text;", 0),
        ("CREATE INDEX ON runs (paper_id);", 0),
    ],
)
def test_whole_rows_of_a_table_that_changes_are_named(change: str, expected: int) -> None:
    assert len(found(WHOLE, "RG221", migration=KEY + change)) == expected


def test_whole_rows_are_no_matter_where_nothing_is_prepared() -> None:
    source = WHOLE.replace("asyncpg", "psycopg2")

    assert found(source, "RG221", migration=KEY + "ALTER TABLE runs DROP COLUMN status;") == []


OPEN = "c.table('runs').insert(row).execute()"


def test_a_pragma_with_a_reason_settles_what_cannot_be_read() -> None:
    source = f"def f(c, row):\n    {OPEN}  # releasegate: sends runs.paper_id -- made by the form\n"

    examination = look(source)

    codes = {item.code: item.level for item in examination.findings}
    assert codes == {"RG222": Level.NOTE}
    assert examination.evidence["write_sites"][0]["settled"] == {"paper_id": "made by the form"}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "a.ts",
            "// releasegate: sends runs.paper_id -- by the form\nsupabase.from('runs').insert(row)",
        ),
        (
            "a.py",
            "S = f'''INSERT INTO runs ({x})\n--releasegate: sends runs.paper_id -- a\nSELECT 1'''",
        ),
    ],
    ids=["slashes", "dashes"],
)
def test_a_pragma_stands_in_any_comment(path: str, source: str) -> None:
    assert {item.code for item in look(source, path=path).findings} == {"RG222"}


BAD = {
    "no_reason": (f"{OPEN}  # releasegate: sends runs.paper_id", "has no reason"),
    "unknown": (f"{OPEN}  # releasegate: sends runs.title -- x", "names no column"),
    "too_far": (f"# releasegate: sends runs.paper_id -- x\n    pass\n    {OPEN}", "at no write"),
    "nowhere": ("pass  # releasegate: sends runs.paper_id -- x", "stands at no write"),
    "contradiction": (
        "c.table('runs').insert({'status': 1})  # releasegate: sends runs.paper_id -- x",
        "contradicts what can be read",
    ),
    "needless": (
        "c.table('runs').insert({'paper_id': row})  # releasegate: sends runs.paper_id -- x",
        "is not needed",
    ),
}


@pytest.mark.parametrize(("line", "words"), BAD.values(), ids=BAD.keys())
def test_a_pragma_that_does_not_hold_is_an_error(line: str, words: str) -> None:
    (finding,) = found(f"def f(c, row):\n    {line}\n", "RG223")

    assert words in finding.message
    assert (finding.path, finding.line, finding.level) == ("app.py", 2, Level.ERROR)


def test_a_pragma_in_a_string_is_none() -> None:
    source = f"def f(c, row):\n    {OPEN}; x = '# releasegate: sends runs.paper_id -- x'\n"

    assert {item.code for item in look(source).findings} == {"RG205"}


def test_a_write_to_any_table_is_settled_by_all_keys_of_one() -> None:
    first = "# releasegate: sends runs.plan_id -- by the form"
    second = "# releasegate: sends runs.paper_id -- by the form"
    write = "    c.table(name).insert(row)"
    plans = "CREATE TABLE plans (id uuid PRIMARY KEY); ALTER TABLE runs ADD plan_id uuid;"
    two = {
        "migration": KEY + "ALTER TABLE runs ADD FOREIGN KEY (plan_id) REFERENCES plans (id)",
        "baseline": BASELINE + plans,
    }

    one = look(f"def f(c, name, row):\n{write}  {second}\n", **two)
    both = look(f"def f(c, name, row):\n    {first}\n{write}  {second}\n", **two)

    assert {item.code for item in one.findings} == {"RG205", "RG206", "RG222"}
    assert {item.code for item in both.findings} == {"RG206", "RG222"}


IF_MISSING = """
DO $$
BEGIN
  -- once is enough
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k') THEN
    ALTER TABLE runs
      ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES papers (id);
  END IF;
END $$;
"""
CAUGHT = """
DO $$ BEGIN
  ALTER TABLE runs ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES papers (id);
EXCEPTION
  WHEN duplicate_object THEN NULL;
END $$;
"""


@pytest.mark.parametrize(("block", "line"), [(IF_MISSING, 7), (CAUGHT, 3)], ids=["if", "caught"])
def test_a_key_that_is_added_if_it_is_missing_is_read(block: str, line: int) -> None:
    examination = look("x = 1", migration=block)

    (column,) = examination.evidence["contract"]
    assert (column["column"], column["line"]) == ("paper_id", line)
    assert {item.code for item in examination.findings} == {"RG206"}


@pytest.mark.parametrize(
    "change",
    [
        ("ALTER TABLE runs", "EXECUTE 'ALTER TABLE runs"),
        ("END IF;", "END IF; PERFORM add_keys();"),
        ("THEN\n", "THEN FOR t IN SELECT 1 LOOP\n"),
    ],
)
def test_any_other_block_stays_closed(change: tuple[str, str]) -> None:
    block = IF_MISSING.replace(*change)

    assert "RG208" in {item.code for item in look("x = 1", migration=block).findings}
