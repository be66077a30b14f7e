"""Git: tags, ancestors, blobs at a commit, files that differ from it. The only home of Git."""

from __future__ import annotations

import hashlib
import os
import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from releasegate import findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import git

    from releasegate.model import Finding

# The repository is untrusted: its configuration may name programs for Git to run.
_SAFE = (
    "-c core.fsmonitor=false -c core.hooksPath=/dev/null -c protocol.allow=never "
    "-c core.pager=cat -c diff.external= -c core.attributesFile=/dev/null"
).split()
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    # A partial clone would fetch what it lacks, by a program that its configuration names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": "/dev/null",
}
_HEX_SHA1 = 40
_MANY_PATHS = 200


class RepositoryProblem(Exception):
    """The repository cannot be read; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it stands in the repository."""

    name: str
    exists: bool
    #: what it resolves to; None when that is no commit
    commit: str | None


class Repository:
    """A Git repository, read without running anything that it configures."""

    def __init__(self, repo: git.Repo, root: Path) -> None:
        self._repo = repo
        self._top = Path(str(repo.working_tree_dir or repo.git_dir)).resolve()
        self._prefix = root.resolve().relative_to(self._top).as_posix()
        self.head = self._head()

    @property
    def is_detached(self) -> bool:
        return self._run("symbolic-ref", "--quiet", "HEAD")[0] != 0

    @property
    def is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository")[1].strip() == b"true"

    def tag(self, name: str) -> Tag:
        """Look a tag up by its exact name, annotated or not."""
        code, found = self._run("show-ref", "--verify", "--hash", f"refs/tags/{name}")
        if code != 0:
            return Tag(name, exists=False, commit=None)
        target = found.decode().strip()
        code, commit = self._run("rev-parse", "--verify", "--quiet", f"{target}^{{commit}}")
        return Tag(name, exists=True, commit=commit.decode().strip() if code == 0 else None)

    def is_ancestor(self, commit: str) -> bool:
        """Tell whether a commit is HEAD or an ancestor of it, as far as this clone reaches."""
        return self._run("merge-base", "--is-ancestor", commit, self.head)[0] == 0

    def read(self, commit: str, path: str) -> bytes | None:
        """Read a file, relative to the root, as it stands at a commit; None where it does not.

        Raises:
            RepositoryProblem: the clone lacks it, or Git cannot read it.
        """
        blob = self.blobs(commit, [path]).get(path)
        return self._must(path, "cat-file", "blob", blob) if blob else None

    def blobs(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """Map the files at or below these paths to their blobs' ids at a commit.

        Raises:
            RepositoryProblem: the clone lacks a folder, or Git cannot read it.
        """
        full = [self._full(path) for path in paths]
        # A longer list may not fit into a command line; then everything is listed.
        named = full if len(full) <= _MANY_PATHS else []
        out = self._must(commit, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *named)
        found = {}
        for entry in filter(None, out.split(b"\0")):
            meta, _, name = entry.partition(b"\t")
            found[self._relative(os.fsdecode(name))] = meta.split()[2].decode()
        return found

    def _must(self, what: str, *arguments: str) -> bytes:
        code, out = self._run(*arguments)
        if code == 0:
            return out
        message = f"Git cannot read {what}: the clone is partial or damaged."
        raise RepositoryProblem(
            findings.make("RG109", message, help="git fsck; git fetch --refetch")
        )

    def _head(self) -> str:
        code, head = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if code == 0:
            return head.decode().strip()
        if self._run("rev-parse", "--git-dir")[0] != 0:
            raise RepositoryProblem(self._refused())
        message = "The repository has no commit yet."
        raise RepositoryProblem(findings.make("RG106", message))

    def _refused(self) -> Finding:
        """Name the usual reason, another owner, where the owner is another (git-config(1))."""
        if self._top.stat().st_uid != os.geteuid():
            return findings.make(
                "RG109",
                "The repository belongs to another user, so Git does not read it.",
                help=f"git config --global --add safe.directory {shlex.quote(str(self._top))}",
            )
        message = "Git cannot read this repository: git status says why."
        return findings.make("RG109", message, help="git status")

    def _full(self, path: str) -> str:
        joined = Path(self._prefix, path).as_posix()
        return "" if joined == "." else joined

    def _relative(self, name: str) -> str:
        if self._prefix == ".":
            return name
        return name.removeprefix(f"{self._prefix}/")

    def _run(self, *arguments: str) -> tuple[int, bytes]:
        arguments = tuple(a for a in arguments if a)
        code, out, _ = self._repo.git.execute(
            ["git", *_SAFE, *arguments],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=_ENVIRONMENT,
        )
        return int(code), bytes(out)


@contextmanager
def open_repository(root: Path) -> Iterator[Repository]:
    """Open the repository that holds a folder.

    Raises:
        RepositoryProblem: there is none, it has no commit, or Git refuses to read it.
    """
    try:
        import git
    except ImportError:
        message = "Git is not installed, or not on PATH."
        cure = "apt-get install git"
        raise RepositoryProblem(findings.make("RG109", message, help=cure)) from None
    try:
        repo = git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        message = "There is no Git repository here, so no release can be told."
        raise RepositoryProblem(findings.make("RG105", message)) from None
    with repo:
        yield Repository(repo, root)


def content(file: Path) -> bytes | None:
    """Read a file as Git stores it, a link as its text; None where it cannot be read."""
    try:
        if file.is_symlink():
            return os.fsencode(file.readlink())
        return file.read_bytes() if file.is_file() else None
    except OSError:
        return None


def differing(
    contents: Mapping[str, bytes | None], blobs: Mapping[str, str], *, is_exact: bool
) -> dict[str, str]:
    """Map the paths whose content is not that of their blob to the reason.

    Unless ``is_exact``, CRLF stands for LF: a checkout may have turned them (core.autocrlf).
    """
    reasons = {}
    for path, held in contents.items():
        reason = _difference(held, blobs.get(path), is_exact=is_exact)
        if reason:
            reasons[path] = reason
    return reasons


def _difference(held: bytes | None, blob: str | None, *, is_exact: bool) -> str | None:
    if blob is None:
        return "not committed"
    if held is None:
        return "deleted or unreadable"
    if _blob_id(held, blob) == blob:
        return None
    is_same_text = _blob_id(held.replace(b"\r\n", b"\n"), blob) == blob
    if is_same_text and is_exact:
        return "committed with other line ends"
    return None if is_same_text else "modified since the commit"


def _blob_id(content: bytes, like: str) -> str:
    """Hash as Git does: SHA-1, or SHA-256 where the repository's ids are longer."""
    algorithm = "sha1" if len(like) == _HEX_SHA1 else "sha256"
    header = f"blob {len(content)}\0".encode()
    return hashlib.new(algorithm, header + content, usedforsecurity=False).hexdigest()
