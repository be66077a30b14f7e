"""The migrations' folder -> Migrations: names, numbers, directives, and which is meant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from releasegate import migrations
from releasegate.errors import UsageError
from releasegate.model import Directives, Migration, Owner, Relation
from releasegate.statements.parser import MAX_TEXT_BYTES

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "db/migrations"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir(parents=True)
    return tmp_path


def write(root: Path, name: str, content: bytes | str = b"SELECT 1;\n") -> Path:
    path = root / FOLDER / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(root: Path, content: bytes | str, *, drafts: tuple[str, ...] = ()) -> Migration:
    write(root, "001_only.sql", content)
    (found,) = migrations.load(root, FOLDER, drafts=drafts)
    return found


def test_a_migration_is_its_path_its_number_and_its_bytes(root: Path) -> None:
    content = b"BEGIN;\r\nCOMMIT;\r\n"

    found = only(root, content)

    assert (found.path, found.name) == ("db/migrations/001_only.sql", "001_only.sql")
    assert (found.number, found.draft) == (1, False)
    assert found.content == content
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_migrations_come_in_the_order_of_their_numbers(root: Path) -> None:
    for name in ("010_c.sql", "2_b.sql", "0001_a.sql"):
        write(root, name)

    numbers = [found.number for found in migrations.load(root, FOLDER)]

    assert numbers == [1, 2, 10]


def test_other_files_are_passed_over(root: Path) -> None:
    write(root, "001_a.sql")
    write(root, "README.md")
    write(root, "002_b.sql.bak")

    assert [found.name for found in migrations.load(root, FOLDER)] == ["001_a.sql"]


def test_an_empty_folder_has_no_migration(root: Path) -> None:
    assert migrations.load(root, FOLDER) == ()


def test_a_missing_folder_is_named(root: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder db/sql"):
        migrations.load(root, "db/sql")


@pytest.mark.parametrize("name", ["init.sql", "001.sql", "001-init.sql", "001_.sql", "v1_init.sql"])
def test_a_name_without_number_and_words_is_refused(root: Path, name: str) -> None:
    write(root, name)

    with pytest.raises(UsageError, match=r"a migration's name is NNN_words\.sql"):
        migrations.load(root, FOLDER)


def test_two_files_of_one_number_are_refused_by_name(root: Path) -> None:
    write(root, "001_a.sql")
    write(root, "01_b.sql")

    with pytest.raises(UsageError, match=r"001_a\.sql and .*01_b\.sql have the same number"):
        migrations.load(root, FOLDER)


def test_a_symbolic_link_is_refused(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.sql"
    elsewhere.write_text("SELECT 1;")
    (root / FOLDER / "001_link.sql").symlink_to(elsewhere)

    with pytest.raises(UsageError, match="is not an ordinary file"):
        migrations.load(root, FOLDER)


def test_a_folder_with_a_migrations_name_is_refused(root: Path) -> None:
    (root / FOLDER / "001_folder.sql").mkdir()

    with pytest.raises(UsageError, match="is not an ordinary file"):
        migrations.load(root, FOLDER)


def test_a_file_larger_than_the_limit_is_refused_unread(root: Path) -> None:
    with write(root, "001_large.sql").open("ab") as file:
        file.truncate(MAX_TEXT_BYTES + 1)

    with pytest.raises(UsageError, match="is larger than 16 MiB"):
        migrations.load(root, FOLDER)


@pytest.mark.parametrize(
    "name",
    ["2", "002", "0002", "002_b.sql", "db/migrations/002_b.sql", "./db/migrations/002_b.sql"],
)
def test_a_migration_is_chosen_by_number_name_or_path(root: Path, name: str) -> None:
    write(root, "001_a.sql")
    write(root, "002_b.sql")

    assert migrations.choose(migrations.load(root, FOLDER), name).number == 2


@pytest.mark.parametrize("name", ["3", "-1", "1.0", "a.sql", "db/001_a.sql", "", "001_A.sql"])
def test_an_unknown_migration_is_answered_with_the_known_ones(root: Path, name: str) -> None:
    write(root, "001_a.sql")
    write(root, "002_b.sql")

    with pytest.raises(UsageError, match=r"There are: 001_a\.sql, 002_b\.sql\."):
        migrations.choose(migrations.load(root, FOLDER), name)


def test_with_no_migration_there_is_none_to_choose() -> None:
    with pytest.raises(UsageError, match="There are: none"):
        migrations.choose([], "1")


@pytest.mark.parametrize(
    ("text", "directives"),
    [
        ("SELECT 1;", Directives()),
        ("-- releasegate: requires-tag v7\nSELECT 1;", Directives(requires_tag="v7")),
        ("-- releasegate: draft\nSELECT 1;", Directives(draft=True)),
        ("--releasegate:draft\nSELECT 1;", Directives(draft=True)),
        ("-- releasegate: draft\r\nSELECT 1;\r\n", Directives(draft=True)),
        ("\ufeff-- releasegate: draft\nSELECT 1;", Directives(draft=True)),
        ("SELECT 1;\n-- releasegate: draft", Directives(draft=True)),
        (
            "-- releasegate: draft\n-- releasegate: requires-tag v1\nSELECT 1;",
            Directives(requires_tag="v1", draft=True),
        ),
        ("-- about releasegate: draft\nSELECT 1;", Directives()),
        ("/* releasegate: draft */ SELECT 1;", Directives(draft=True)),
        ("/*\n * ReleaseGate : draft\n */ SELECT 1;", Directives(draft=True)),
        ("SELECT '-- releasegate: draft';", Directives()),
        ("DO $$ -- releasegate: draft\n BEGIN END $$;", Directives()),
    ],
    ids=[
        "none",
        "tag",
        "draft",
        "no-blanks",
        "crlf",
        "bom",
        "at-the-end",
        "both",
        "not-at-the-start",
        "block",
        "block-of-lines",
        "in-a-string",
        "in-a-body",
    ],
)
def test_directives_are_read_from_comments(root: Path, text: str, directives: Directives) -> None:
    assert only(root, text).directives == directives


@pytest.mark.parametrize(
    "said",
    [
        *("drafts", "draft please", "requires-tag", "requires-tag a b", "Draft", ""),
        *("owner plans", "owner plans by", "owner plans from a", "identity", "identity a as"),
    ],
)
def test_a_directive_that_means_nothing_is_kept_with_its_line(root: Path, said: str) -> None:
    found = only(root, f"-- one\n-- releasegate: {said}\nSELECT 1;")

    assert found.directives.unknown == ((2, said),)
    assert not found.draft


@pytest.mark.parametrize(
    "text", ["-- releasegate draft", "--releasegate=draft", "/*RELEASEGATE Draft!*/"]
)
def test_what_can_only_be_meant_as_a_draft_is_told(root: Path, text: str) -> None:
    found = only(root, f"{text}\nSELECT 1;")

    assert [line for line, _ in found.directives.unknown] == [1]


def test_owners_and_identity_are_read_with_their_lines(root: Path) -> None:
    found = only(
        root,
        "-- releasegate: identity app.user_id as papers_app\n"
        "-- releasegate: owner plans by created_by\n"
        "-- releasegate: owner work.runs via plan_id\n"
        '-- releasegate: owner "My App"."a.b ""c""" by "Owner Id"\n',
    ).directives

    assert (found.identity, found.member_of) == ("app.user_id", "papers_app")
    assert found.owners == (
        Owner(Relation("public", "plans"), "created_by", is_of_parent=False, line=2),
        Owner(Relation("work", "runs"), "plan_id", is_of_parent=True, line=3),
        Owner(Relation("My App", 'a.b "c"'), "Owner Id", is_of_parent=False, line=4),
    )


@pytest.mark.parametrize("content", [b"\xff\xfeS\x00", b"-- releasegate: draft\n\xe9"])
def test_a_file_that_is_not_utf8_has_no_directives(root: Path, content: bytes) -> None:
    assert only(root, content).directives == Directives()


def test_a_file_that_cannot_be_split_into_tokens_has_no_directives(root: Path) -> None:
    assert only(root, "-- releasegate: draft\nSELECT 'open").directives == Directives()


@pytest.mark.parametrize(
    "named", ["db/migrations/001_only.sql", "./db/migrations/001_only.sql", "001_only.sql", "001"]
)
def test_the_policy_makes_a_draft_whatever_the_header_says(root: Path, named: str) -> None:
    found = only(root, "SELECT 1;", drafts=(named,))

    assert (found.draft, found.directives.draft) == (True, False)


def test_the_text_is_without_the_mark_and_with_its_line_ends(root: Path) -> None:
    found = only(root, b"\xef\xbb\xbfSELECT 'a\r\nb';\r\n")

    assert migrations.text(found) == "SELECT 'a\r\nb';\r\n"
