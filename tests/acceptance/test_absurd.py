"""Input that nobody means: each ends in a moment, with a sentence and exit code 2, and no bug."""

import os
import shutil
import time
from collections.abc import Callable

import pytest

from acceptance.project import BASELINE, MIGRATION, Project


def configured(text: str) -> Callable[[Project], None]:
    def make(project: Project) -> None:
        project.write("releasegate.toml", text)
        project.write(MIGRATION, "CREATE TABLE a (id int);\n")

    return make


def configured_beside_others(text: str) -> Callable[[Project], None]:
    def make(project: Project) -> None:
        (project.root / "releasegate.toml").unlink()
        project.write("pyproject.toml", f"[tool.releasegate]\n{text}")

    return make


WINDOW = '[windows.a]\ncron = "0 0 1 * *"\nduration = "PT1H"\n'


def named(name: str) -> Callable[[Project], None]:
    return lambda project: project.write(f"db/migrations/{name}", "SELECT 1;")


def link_to_a_device(project: Project) -> None:
    (project.root / "db/migrations/002_b.sql").symlink_to("/dev/zero")


def pipe(project: Project) -> None:
    os.mkfifo(project.root / "db/migrations/002_b.sql")


def hole(project: Project) -> None:
    with (project.root / "db/migrations/002_b.sql").open("wb") as file:
        file.truncate(1 << 32)


def baseline_without_git(project: Project) -> None:
    shutil.rmtree(project.root / ".git")
    os.truncate(project.root / BASELINE, 1 << 32)


def tag_directive(project: Project) -> None:
    project.write(MIGRATION, "-- releasegate: requires-tag --upload-pack=x\nSELECT 1;\n")


ABSURD = {
    "deep configuration": configured(f"a = {'[' * 100_000}{']' * 100_000}"),
    "large configuration": configured("#" + "x" * (5 << 20)),
    "tag with a NUL": configured('release-tag = "a\\u0000b"'),
    "tag of a megabyte": configured(f'release-tag = "{"a" * 1_000_000}"'),
    "tag like an option": configured('release-tag = "--help"'),
    "tag like a path": configured('release-tag = "a/../../b"'),
    "tag directive like an option": tag_directive,
    "path with a NUL": configured('migrations = "a\\u0000b"'),
    "path outside": configured('[app-code]\nroots = ["../.."]'),
    "absolute path": configured('baseline = "/etc/passwd"'),
    "large pyproject": configured_beside_others("#" + "x" * (5 << 20)),
    "path outside, in pyproject": configured_beside_others('migrations = "../../etc"'),
    "zone like a path": configured(f'{WINDOW}zone = "../etc/x"'),
    "number of 200 digits": named("9" * 200 + "_a.sql"),
    "number beyond a bigint": named("9" * 20 + "_a.sql"),
    "name with escapes": named("002_\x1b[31m\n::error::b.sql"),
    "link to a device": link_to_a_device,
    "pipe": pipe,
    "hole of 4 GiB": hole,
    "baseline of 4 GiB, without Git": baseline_without_git,
}  # fmt: skip


@pytest.mark.parametrize("make", ABSURD.values(), ids=ABSURD)
def test_absurd_input_is_a_usage_error_in_a_moment(
    project: Project, make: Callable[[Project], None]
) -> None:
    make(project)
    began = time.monotonic()

    run = project.run("preflight", "--gate", "release-tag")

    said = [line for line in run.stderr.splitlines() if not line.startswith("{")]
    assert run.exit_code == 2
    assert len(said) == 1
    assert said[0].startswith("releasegate: ")
    assert said[0].isprintable()
    assert len(said[0]) < 400
    assert time.monotonic() - began < 10
