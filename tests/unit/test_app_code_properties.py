"""Any bytes under any name -> findings in bounded time, never a traceback."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from releasegate.appcode import Examination, examine, queries
from releasegate.appcode.source.sources import Sources, source_files
from releasegate.model import Relation
from releasegate.repository import content

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "app_code"
MIGRATION = (CORPUS / "migration.sql").read_text()
SCHEMA = (CORPUS / "schema.sql").read_text()
SOURCES = sorted(
    path
    for path in CORPUS.rglob("*")
    if path.suffix in (".py", ".ts", ".tsx", ".js", ".sql", ".prisma", ".vue", ".svelte")
    and path.parent != CORPUS
)
#: what a file may be turned into, so that a reader stumbles
TOKENS = [
    *(b"(", b")", b"{", b"}", b"[", b"]", b'"', b"'", b"`", b"\n", b"\t", b"\\", b"\x00", b"\xff"),
    *(b"$", b"${", b"%s", b":x", b"?", b"--", b"/*", b"*/", b"None", b"null", b"**", b"...", b"=>"),
    *(b"self", b"insert", b"tasks", b"await", b"lambda", b"def f(", b"class X(X):", b"return"),
]
#: one file, whatever it holds
MAX_S = 10.0


def look(contents: dict[str, bytes | None]) -> Examination:
    return examine(
        migration_sql=MIGRATION,
        migration_path="migration.sql",
        baseline_sql=SCHEMA,
        sources=Sources(tuple(contents), (), ()),
        contents=contents,
    )


def mutated(text: bytes, source: random.Random) -> bytes:
    """Cut, double, swap and sprinkle."""
    for _ in range(source.randint(1, 6)):
        start, end = sorted(source.choices(range(len(text) + 1), k=2))
        end = min(end, start + source.randint(0, 40))
        piece = source.choice([b"", text[start:end] * 2, source.choice(TOKENS)])
        text = text[:start] + piece + text[end:]
    return text[: source.randint(0, len(text))] if source.random() < 0.2 else text


def mutants(count: int) -> Iterator[tuple[int, str, bytes]]:
    for seed in range(count):
        source = random.Random(seed)
        path = source.choice(SOURCES)
        yield seed, path.name, mutated(path.read_bytes(), source)


def test_mutated_files_never_end_in_a_traceback() -> None:
    relations = [Relation("public", "tasks"), Relation("public", "comments")]
    for seed, name, text in mutants(300):
        began = time.monotonic()

        examination = look({name: text})
        queries({name: text}, relations)

        assert isinstance(examination, Examination), seed
        assert time.monotonic() - began < MAX_S, seed


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return b"x = insert_tasks('tasks', " + opening * depth + b"1" + closing * depth + b")\n"


DEEP = {
    "brackets": nested(b"[", b"]", 20_000),
    "calls": nested(b"f(", b")", 5_000),
    "sums": b"SQL = 'INSERT INTO tasks (title) VALUES (1)'" + b" + 'x'" * 5_000 + b"\n",
    "attributes": b"c.table('tasks')" + b".eq(1)" * 3_000 + b".insert({})\n",
    "ifs": b"".join(b" " * n + b"if tasks:\n" for n in range(90)) + b" " * 90 + b"add\n",
    "ternaries": b"c.table('tasks').insert(" + b"a if b else " * 2_000 + b"{})\n",
    "chained_names": b"".join(b"a%d = a%d\n" % (n + 1, n) for n in range(3_000))
    + b"c.table('tasks').insert(a3000)\n",
    "classes": b"".join(b"class A%d(A%d): pass\n" % (n + 1, n) for n in range(2_000))
    + b"def f(c, x: A2000): c.table('tasks').insert(x.dict())\n",
    "own_base": b"class A(A): pass\ndef f(c, x: A): c.table('tasks').insert(x.dict())\n",
    "two_bases": (
        b"class A(B): pass\nclass B(A): pass\n"
        b"def f(c, x: A): c.table('tasks').insert(x.model_dump())\n"
    ),
    "recursion": (b"def f(x):\n    return f(x)\ndef g(c):\n    c.table('tasks').insert(f(g(c)))\n"),
    "each_other": (
        b"def f(t, x):\n    g(t, x)\ndef g(t, x):\n    f(t, x)\n    c.table(t).insert(x)\n"
    ),
}


@pytest.mark.parametrize("suffix", [".py", ".ts", ".sql"])
@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_deep_and_circular_files_are_read_in_bounded_time(text: bytes, suffix: str) -> None:
    began = time.monotonic()

    examination = look({f"deep{suffix}": text})

    assert examination.findings
    assert time.monotonic() - began < MAX_S


@pytest.mark.parametrize("name", ["long.py", "long.ts", "long.sql"])
def test_a_line_of_a_megabyte_is_read_in_bounded_time(name: str) -> None:
    text = b"rows = [" + b"('insert into tasks', 1), " * 42_000 + b"]\n"
    began = time.monotonic()

    look({name: text})

    assert len(text) > 1_000_000
    assert time.monotonic() - began < 3 * MAX_S


def test_a_line_of_ten_megabytes_of_text_is_read_in_bounded_time() -> None:
    text = b"text = '" + b"insert into tasks (title) values (1), " * 270_000 + b"'\n"
    began = time.monotonic()

    for name in ("long.py", "long.ts", "long.sql"):
        assert look({name: text}).findings

    assert len(text) > 10_000_000
    assert time.monotonic() - began < 3 * MAX_S


def test_a_file_beyond_the_limit_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "huge.py").write_bytes(b"# insert into tasks\n" * 600_000)

    sources = source_files(tmp_path, roots=(), exclude=())

    assert [item.path for item in sources.unreadable] == ["huge.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "closed.py").write_text("x = 1\n")
    (tmp_path / "closed.py").chmod(0)

    sources = source_files(tmp_path, roots=(), exclude=())
    examination = look({path: content(tmp_path / path) for path in sources.files})

    assert "RG207" in {finding.code for finding in examination.findings}


BROKEN = {
    "a.py": b"def f(:\n    c.execute('INSERT INTO tasks (title) VALUES (1)')\n",
    "b.py": b"\xff\xfeINSERT INTO tasks",
    "c.py": b"# -*- coding: nonsense -*-\nc.table('tasks').insert({})\n",
}


@pytest.mark.parametrize(("name", "text"), BROKEN.items(), ids=BROKEN.keys())
def test_a_file_that_would_have_been_read_and_cannot_be_is_a_finding(
    name: str, text: bytes
) -> None:
    found = [item for item in look({name: text}).findings if item.code == "RG207"]

    assert [item.path for item in found] == [name]


def test_classes_that_hand_a_parameter_to_each_other_are_read() -> None:
    text = b"""
from sqlalchemy.orm import DeclarativeBase, mapped_column
class Base(DeclarativeBase):
    @classmethod
    def deserialize(cls, data_model):
        return cls(**data_model)
class Task(Base):
    __tablename__ = "tasks"
    project_id = mapped_column()
    @classmethod
    def deserialize(cls, data_model):
        data_model.update(title="untitled")
        return super().deserialize(data_model)
class OpenTask(Task):
    @classmethod
    def deserialize(cls, data_model):
        data_model.update(title="open")
        return super().deserialize(data_model)
"""

    assert "RG207" not in {finding.code for finding in look({"models.py": text}).findings}


def test_broken_typescript_is_read_as_far_as_it_goes() -> None:
    text = b"export const f = ( => {\nawait db.from('tasks').insert({ title: 'x' })\n"

    sites = look({"a.ts": text}).evidence["write_sites"]

    assert [site["line"] for site in sites] == [2]


NEWER = """
type Rows[T] = list[T]

class Store[T]:
    async def save[R](self, c, title: str) -> R:
        names = ["a"]
        print(f"{", ".join(names)}")
        try:
            await c.execute("INSERT INTO tasks (title) VALUES ($1)", title)
        except ValueError, TypeError:
            raise
"""


def test_python_newer_than_ours_is_read() -> None:
    examination = look({"newer.py": NEWER.encode()})

    assert [site["line"] for site in examination.evidence["write_sites"]] == [9]
    assert "RG207" not in {finding.code for finding in examination.findings}


MODEL = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): pass

class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str]

def f0(): return Task(project_id=1)

session.add(f1())
"""


def test_rows_that_many_functions_hand_on_are_read_in_bounded_time() -> None:
    body = "    x = f%d()\n    look(x)\n    look(x)\n    look(x)\n" * 20 + "    return x\n"
    functions = (f"def f{n + 1}():\n{body}" for n in range(7))
    text = MODEL + "".join(made.replace("%d", str(n)) for n, made in enumerate(functions))
    began = time.monotonic()

    examination = look({"app.py": text.encode()})

    assert [site["line"] for site in examination.evidence["write_sites"]] == [11]
    assert time.monotonic() - began < MAX_S / 4
