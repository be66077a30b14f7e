"""Git as it really is: tags, ancestors, blobs; and nothing run that a repository configures."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from releasegate import repository as module
from releasegate.repository import (
    Repository,
    RepositoryProblem,
    content,
    open_repository,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHA256_FORMAT = ["init", "--object-format=sha256"]


@pytest.fixture(autouse=True)
def only_this_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own Git configuration out."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Me")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "me@example.org")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, **files: str) -> str:
    """Write files, commit them and give the commit's id; ``__`` stands for a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Change things")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    return made


@contextmanager
def opened(root: Path) -> Iterator[Repository]:
    with open_repository(root) as repository:
        yield repository


def problem(root: Path) -> str:
    with pytest.raises(RepositoryProblem) as caught, open_repository(root):
        pass
    return caught.value.finding.code


# -- tags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["-a", "-m", "v0"]], ids=["lightweight", "annotated"])
def test_a_tag_resolves_to_its_commit(folder: Path, options: list[str]) -> None:
    first = commit(folder, a="1")
    git(folder, "tag", "v0", *options)
    commit(folder, a="2")

    with opened(folder) as repository:
        tag = repository.tag("v0")

    assert (tag.exists, tag.commit) == (True, first)


def test_a_tag_of_a_tag_resolves_to_the_commit_behind_both(folder: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "tag", "-a", "-m", "x", "inner")
    git(folder, "tag", "-a", "-m", "x", "v0", "inner")

    with opened(folder) as repository:
        assert repository.tag("v0").commit == first


@pytest.mark.parametrize("target", ["HEAD^{tree}", "HEAD:a.sql"], ids=["tree", "blob"])
@pytest.mark.parametrize("options", [[], ["-a", "-m", "v0"]], ids=["lightweight", "annotated"])
def test_a_tag_of_no_commit_exists_and_has_none(
    folder: Path, target: str, options: list[str]
) -> None:
    commit(folder, a="1")
    git(folder, "tag", *options, "v0", target)

    with opened(folder) as repository:
        tag = repository.tag("v0")

    assert (tag.exists, tag.commit) == (True, None)


@pytest.mark.parametrize(
    "name",
    [
        "v1",
        "V0",
        "v0^{tree}",
        "v0~0",
        "v0^0",
        "v0:a.sql",
        "v*",
        "--help",
        "-d",
        "",
        "../heads/main",
        "HEAD",
        "main",
        "v0 ",
        "v0\n",
        "refs/tags/v0",
    ],
)
def test_only_a_tags_exact_name_names_it(folder: Path, name: str) -> None:
    commit(folder, a="1")
    git(folder, "tag", "v0")

    with opened(folder) as repository:
        tag = repository.tag(name)

    assert (tag.exists, tag.commit) == (False, None)


def test_a_branch_is_no_tag(folder: Path) -> None:
    commit(folder, a="1")
    git(folder, "branch", "v0")

    with opened(folder) as repository:
        assert not repository.tag("v0").exists


def test_a_tag_behind_a_slash_is_found(folder: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "tag", "release/v0")

    with opened(folder) as repository:
        assert repository.tag("release/v0").commit == first


# -- history ---------------------------------------------------------------------------------------


def test_what_came_before_is_an_ancestor_and_a_side_branch_is_not(folder: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "checkout", "-q", "-b", "side")
    side = commit(folder, a="side")
    git(folder, "checkout", "-q", "main")
    head = commit(folder, a="2")

    with opened(folder) as repository:
        assert repository.head == head
        assert [repository.is_ancestor(c) for c in (first, head, side)] == [True, True, False]


def test_a_replaced_object_does_not_change_history(folder: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "checkout", "-q", "--orphan", "other")
    other = commit(folder, a="2")
    git(folder, "replace", "--graft", other, first)

    with opened(folder) as repository:
        assert not repository.is_ancestor(first)


def test_a_shallow_clone_says_so(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "tag", "v0")
    commit(folder, a="2")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{folder}", "shallow")

    with opened(folder) as whole, opened(tmp_path / "shallow") as shallow:
        assert (whole.is_shallow, shallow.is_shallow) == (False, True)
        assert not shallow.tag("v0").exists
        assert not shallow.is_ancestor(first)


def test_a_detached_head_says_so(folder: Path) -> None:
    first = commit(folder, a="1")
    with opened(folder) as repository:
        assert not repository.is_detached

    git(folder, "checkout", "-q", "--detach")

    with opened(folder) as repository:
        assert (repository.is_detached, repository.head) == (True, first)


def test_a_repository_without_a_commit_is_a_finding(folder: Path) -> None:
    assert problem(folder) == "RG106"


def test_a_folder_outside_any_repository_is_a_finding(tmp_path: Path) -> None:
    assert problem(tmp_path) == "RG105"


@pytest.mark.parametrize("content", ["gitdir: /nonexistent\n", "garbage"])
def test_a_broken_link_to_a_repository_is_a_finding(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content)

    assert problem(tmp_path) in {"RG105", "RG109"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_owner_is_a_finding_with_its_cure(folder: Path) -> None:
    commit(folder, a="1")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 65534, 65534)

    with pytest.raises(RepositoryProblem) as caught, open_repository(folder):
        pass

    assert caught.value.finding.code == "RG109"
    assert "safe.directory" in caught.value.finding.help


# -- files -----------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_stood_at_a_commit(folder: Path) -> None:
    first = commit(folder, db__a="one\r\n")
    head = commit(folder, db__a="two\n")

    with opened(folder) as repository:
        assert repository.read(first, "db/a.sql") == b"one\r\n"
        assert repository.read(head, "db/a.sql") == b"two\n"
        assert repository.read(head, "db/b.sql") is None


def test_paths_are_relative_to_a_root_below_the_top(folder: Path) -> None:
    head = commit(folder, service__db__a="inner", db__a="outer")

    with opened(folder / "service") as repository:
        assert repository.read(head, "db/a.sql") == b"inner"
        assert set(repository.listing(head, ["."]).blobs) == {"db/a.sql"}


@pytest.mark.parametrize("name", ["a b", "ä", "a*", ":(top)a", "--help", 'q"q', "tab\there"])
def test_odd_names_are_names(folder: Path, name: str) -> None:
    commit(folder, **{name: "odd"})

    with opened(folder) as repository:
        found = repository.listing(repository.head, [f"{name}.sql"]).blobs
        assert set(found) == {f"{name}.sql"}
        assert repository.read(repository.head, f"{name}.sql") == b"odd"


def differing(folder: Path, *names: str) -> dict[str, str]:
    with opened(folder) as repository:
        blobs = repository.listing(repository.head, ["."]).blobs
        contents = {name: content(folder / name) for name in names}
        return module.differing(contents, blobs, is_exact=False)


def test_files_that_are_not_as_committed_are_told_with_the_reason(folder: Path) -> None:
    commit(folder, same="1", changed="1", gone="1", hole="1")
    (folder / "changed.sql").write_text("2")
    (folder / "gone.sql").unlink()
    (folder / "new.sql").write_text("1")
    os.truncate(folder / "hole.sql", (64 << 20) + 1)

    found = differing(folder, "same.sql", "changed.sql", "gone.sql", "new.sql", "hole.sql")

    assert found == {
        "changed.sql": "modified since the commit",
        "gone.sql": "deleted, unreadable or larger than 64 MiB",
        "hole.sql": "deleted, unreadable or larger than 64 MiB",
        "new.sql": "not committed",
    }


@pytest.mark.parametrize("option", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_the_index_hides_is_told(folder: Path, option: str) -> None:
    commit(folder, a="1")
    git(folder, "update-index", option, "a.sql")
    (folder / "a.sql").write_text("2")

    assert set(differing(folder, "a.sql")) == {"a.sql"}


def test_a_staged_change_is_told(folder: Path) -> None:
    commit(folder, a="1")
    (folder / "a.sql").write_text("2")
    git(folder, "add", "a.sql")

    assert set(differing(folder, "a.sql")) == {"a.sql"}


def test_line_ends_of_a_checkout_are_no_change(folder: Path) -> None:
    commit(folder, a="one\ntwo\n")
    git(folder, "config", "core.autocrlf", "true")
    (folder / "a.sql").unlink()
    git(folder, "checkout", "a.sql")
    assert (folder / "a.sql").read_bytes() == b"one\r\ntwo\r\n"

    assert differing(folder, "a.sql") == {}


def test_a_symbolic_link_is_compared_by_its_target(folder: Path) -> None:
    (folder / "link.sql").symlink_to("a.sql")
    commit(folder, a="1")
    assert differing(folder, "link.sql") == {}

    (folder / "link.sql").unlink()
    (folder / "link.sql").symlink_to("b.sql")

    assert set(differing(folder, "link.sql")) == {"link.sql"}


def test_a_repository_with_sha256_ids_is_read_alike(tmp_path: Path) -> None:
    try:
        git(tmp_path, *SHA256_FORMAT, "-q", "-b", "main")
    except subprocess.CalledProcessError:
        pytest.skip("this Git knows no SHA-256")
    first = commit(tmp_path, a="1")
    git(tmp_path, "tag", "-a", "-m", "v0", "v0")

    with opened(tmp_path) as repository:
        assert (len(repository.head), repository.tag("v0").commit) == (64, first)
    assert differing(tmp_path, "a.sql") == {}


# -- a hostile repository --------------------------------------------------------------------------


def test_nothing_is_run_that_the_repository_configures(folder: Path, tmp_path: Path) -> None:
    first = commit(folder, a="1")
    git(folder, "tag", "v0")
    mark = tmp_path / "mark"
    touch = tmp_path / "touch.sh"
    touch.write_text(f"#!/bin/sh\ntouch {mark}\n")
    touch.chmod(0o755)
    hooks = folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).write_bytes(touch.read_bytes())
        (hooks / hook).chmod(0o755)
    settings = {
        "core.fsmonitor": str(touch),
        "core.pager": str(touch),
        "core.editor": str(touch),
        "core.sshCommand": str(touch),
        "core.hooksPath": str(hooks),
        "core.attributesFile": str(tmp_path / "attributes"),
        "diff.external": str(touch),
        "diff.evil.textconv": str(touch),
        "filter.evil.clean": str(touch),
        "filter.evil.smudge": str(touch),
        "filter.evil.process": str(touch),
        "gpg.program": str(touch),
        "credential.helper": str(touch),
        "alias.show-ref": f"!{touch}",
        "alias.rev-parse": f"!{touch}",
        "alias.ls-tree": f"!{touch}",
    }
    for key, value in settings.items():
        git(folder, "config", key, value)
    (tmp_path / "attributes").write_text("* filter=evil diff=evil\n")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (folder / "a.sql").write_text("2")
    mark.unlink(missing_ok=True)

    with opened(folder) as repository:
        assert repository.tag("v0").commit == first
        assert repository.is_ancestor(first)
        assert not repository.is_shallow
        assert not repository.is_detached
        assert repository.read(first, "a.sql") == b"1"
        blobs = repository.listing(first, ["."]).blobs
        held = {"a.sql": content(folder / "a.sql")}
        assert module.differing(held, blobs, is_exact=False)

    assert not mark.exists()


def test_a_working_tree_that_is_configured_away_is_told(folder: Path) -> None:
    commit(folder, a="SELECT 1")
    git(folder, "config", "core.bare", "true")

    with pytest.raises(RepositoryProblem, match="puts the working tree elsewhere"), opened(folder):
        pass


def test_a_file_that_never_ends_does_not_hold_git_for_ever(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(folder, a="SELECT 1")
    os.mkfifo(tmp_path / "pipe")
    git(folder, "config", "core.excludesFile", str(tmp_path / "pipe"))
    (folder / "b.sql").write_text("SELECT 1")
    monkeypatch.setattr(running, "_TIMEOUT_S", 1)

    with opened(folder) as repository:
        assert repository.ignored(["b.sql"]) == set()


@pytest.mark.parametrize("name", ["HEAD", "config", "packed-refs", "index", "refs/tags/v0"])
def test_a_pipe_among_gits_own_files_is_refused_and_nobody_waits_for_it(
    folder: Path, name: str
) -> None:
    commit(folder, a="SELECT 1")
    file = folder / ".git" / name
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    (folder / "sql").mkdir()

    with pytest.raises(RepositoryProblem, match="would wait for ever"), opened(folder / "sql"):
        pass


def test_a_device_behind_a_link_in_a_worktrees_repository_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    commit(folder, a="SELECT 1")
    git(folder, "worktree", "add", "-q", str(tmp_path / "other"))
    with opened(tmp_path / "other") as repository:
        assert repository.head
    (folder / ".git/packed-refs").symlink_to("/dev/zero")

    with pytest.raises(RepositoryProblem, match="packed-refs"), opened(tmp_path / "other"):
        pass


@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_leaves_nothing_behind_that_the_program_would_wait_for(
    folder: Path, tmp_path: Path
) -> None:
    commit(folder, a="SELECT 1")
    os.mkfifo(tmp_path / "pipe")
    git(folder, "config", "core.excludesFile", str(tmp_path / "pipe"))
    before, began = set(threading.enumerate()), time.monotonic()

    with opened(folder) as repository:
        threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            repository.ignored(["b.sql"])

    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
    assert time.monotonic() - began < 20


def test_an_absurdly_large_file_of_a_commit_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(folder, a="SELECT 1")
    monkeypatch.setattr(module, "MAX_BYTES", 7)

    with opened(folder) as repository, pytest.raises(RepositoryProblem, match="is larger than"):
        repository.read(head, "a.sql")


# -- many files of a commit ------------------------------------------------------------------------


def test_many_blobs_are_read_at_once_and_larger_ones_left_out(folder: Path) -> None:
    texts = {"a": "one\n", "b": "", "c": "x" * 100, "d": "lines\n\nof it"}
    commit(folder, **texts)

    with opened(folder) as repository:
        blobs = repository.listing(repository.head, ["."]).blobs
        found = repository.contents(blobs.values(), max_bytes=50)

    read = {path: found.get(id_) for path, id_ in blobs.items()}
    assert read == {"a.sql": b"one\n", "b.sql": b"", "c.sql": None, "d.sql": b"lines\n\nof it"}


def test_a_blob_that_the_clone_lacks_is_a_problem_and_no_empty_file(folder: Path) -> None:
    commit(folder, a="1")

    with opened(folder) as repository, pytest.raises(RepositoryProblem, match="clone is partial"):
        repository.contents(["0" * 40], max_bytes=50)


def test_a_commit_knows_when_it_was_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2027-01-17T02:00:00+01:00")
    made = commit(folder, a="1")

    with opened(folder) as repository:
        assert repository.committed_at(made) == datetime(2027, 1, 17, 1, tzinfo=UTC)
        assert repository.committed_at("0" * 40) is None
