"""Git: tags, ancestors, blobs at a commit, files that differ from it. The only home of Git."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from releasegate import findings
from releasegate.repository.differences import MAX_BYTES, content, differing, pointed_at
from releasegate.repository.objects import read_many
from releasegate.repository.regular import irregular
from releasegate.repository.running import execute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import git

    from releasegate.model import Finding

__all__ = [
    "Listing",
    "Repository",
    "RepositoryProblem",
    "Tag",
    "content",
    "differing",
    "open_repository",
    "pointed_at",
]

# What verifies a signature is named by us alone; the repository's configuration could name another.
_NO_VERIFIER = {
    "gpg.program": "/bin/false",
    "gpg.openpgp.program": "/bin/false",
    "gpg.x509.program": "/bin/false",
    "gpg.ssh.program": "/bin/false",
    "gpg.ssh.allowedSignersFile": "/dev/null",
    "gpg.ssh.revocationFile": "",
    "gpg.minTrustLevel": "undefined",
}
#: git-commit-tree(1): seconds of Unix time, and the zone that it was written in
_COMMITTER = re.compile(r"^committer .*> (\d{1,11}) [-+]\d+$", re.MULTILINE)
#: git-fast-import(1)
_LINK = "120000"
_USUAL_NAMES = ("main", "master")
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
    #: what the name itself points to: the tag object, or the commit of a lightweight tag
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a commit holds at or below some paths."""

    #: path -> id of the blob
    blobs: dict[str, str]
    #: path -> the commit that a submodule is pinned to
    submodules: dict[str, str]
    #: those of the blobs that are symbolic links
    links: set[str]


class Repository:
    """A Git repository, read without running anything that it configures."""

    def __init__(self, repo: git.Repo, root: Path) -> None:
        self._repo = repo
        self._top = Path(str(repo.working_tree_dir or repo.git_dir)).resolve()
        if not root.resolve().is_relative_to(self._top):
            message = "Git's configuration puts the working tree elsewhere, or says there is none."
            help_ = "git config --unset core.worktree; git config --unset core.bare"
            raise RepositoryProblem(findings.make("RG109", message, help=help_))
        self._prefix = root.resolve().relative_to(self._top).as_posix()
        self.head = self._head()

    @property
    def is_detached(self) -> bool:
        return self._run("symbolic-ref", "--quiet", "HEAD")[0] != 0

    @property
    def is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository")[1].strip() == b"true"

    @property
    def is_sparse(self) -> bool:
        """Tell whether the working tree leaves files of HEAD out (git-sparse-checkout(1))."""
        return self._config("core.sparseCheckout") == ["true"]

    @property
    def takes_no_tags(self) -> bool:
        """Tell whether a remote was cloned with --no-tags."""
        return "--no-tags" in self._config("--get-regexp", r"^remote\..*\.tagopt$")

    def tag(self, name: str) -> Tag:
        """Look a tag up by its exact name, annotated or not."""
        code, found = self._run("show-ref", "--verify", "--hash", f"refs/tags/{name}")
        if code != 0:
            return Tag(name, exists=False, commit=None)
        target = found.decode().strip()
        code, commit = self._run("rev-parse", "--verify", "--quiet", f"{target}^{{commit}}")
        resolved = commit.decode().strip() if code == 0 else None
        return Tag(name, exists=True, commit=resolved, object=target)

    def committed_at(self, commit: str) -> datetime | None:
        """Read when a commit was made, off its own text; None where this clone lacks it."""
        text = self._run("cat-file", "commit", commit)[1].decode(errors="replace")
        found = _COMMITTER.search(text.partition("\n\n")[0])
        return datetime.fromtimestamp(int(found[1]), UTC) if found else None

    def tag_text(self, tag: Tag) -> bytes | None:
        """Read a tag object, its signature included; None where the tag is a lightweight one."""
        code, text = self._run("cat-file", "tag", str(tag.object))
        return text if code == 0 else None

    def verify_tag(
        self, tag: Tag, configuration: Mapping[str, str], environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Have Git verify a tag object, by this configuration; give exit code and what it said."""
        told = {**_NO_VERIFIER, **configuration}
        given = [text for name, value in told.items() for text in ("-c", f"{name}={value}")]
        code, _, said = self._execute(
            *given, "verify-tag", "--raw", str(tag.object), environment=environment
        )
        return code, said

    def default_branch(self) -> str | None:
        """Find the commit of the branch that releases come from; None where it cannot be told."""
        names = ["refs/remotes/origin/HEAD", *(f"refs/remotes/origin/{n}" for n in _USUAL_NAMES)]
        if not self._run("for-each-ref", "--count=1", "refs/remotes/origin")[1]:
            names = [f"refs/heads/{name}" for name in _USUAL_NAMES]
        for name in names:
            code, commit = self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if code == 0:
                return commit.decode().strip()
        return None

    def holds(self, file: Path) -> bool:
        """Tell whether a file lies in the working tree or in Git's own folder."""
        return file.resolve().is_relative_to(self._top) or file.resolve().is_relative_to(
            Path(self._repo.git_dir).resolve()
        )

    def is_ancestor(self, commit: str) -> bool:
        """Tell whether a commit is HEAD or an ancestor of it, as far as this clone reaches."""
        return self._run("merge-base", "--is-ancestor", commit, self.head)[0] == 0

    def read(self, commit: str, path: str) -> bytes | None:
        """Read a file, relative to the root, as it stands at a commit; None where it does not.

        Raises:
            RepositoryProblem: the clone lacks it, or Git cannot read it.
        """
        blob = self.listing(commit, [path]).blobs.get(path)
        if blob is None:
            return None
        if int(self._must(path, "cat-file", "-s", blob)) > MAX_BYTES:
            message = f"{path} is larger than {MAX_BYTES >> 20} MiB at {commit[:12]}."
            raise RepositoryProblem(findings.make("RG109", message, help="Make it smaller."))
        held = self._must(path, "cat-file", "blob", blob)
        oid = pointed_at(held)
        return held if oid is None else self._stored(path, oid)

    def is_pointer_to(self, blob: str, held: bytes) -> bool:
        """Tell whether a blob is a Git LFS pointer that stands for this content."""
        code, pointer = self._run("cat-file", "blob", blob)
        return code == 0 and pointed_at(pointer) == hashlib.sha256(held).hexdigest()

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Tell which of these paths Git is told to ignore."""
        names = [self._full(path) for path in paths][:_MANY_PATHS]
        if not names:
            return set()
        asked = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--full-name")
        out = self._run(*asked, "--", *names)[1]
        return {self._relative(os.fsdecode(name)) for name in out.split(b"\0") if name}

    def listing(self, commit: str, paths: Iterable[str]) -> Listing:
        """List the files and submodules at or below these paths at a commit.

        Raises:
            RepositoryProblem: the clone lacks a folder, or Git cannot read it.
        """
        full = [self._full(path) for path in paths]
        # A longer list may not fit into a command line; then everything is listed.
        named = full if len(full) <= _MANY_PATHS else []
        out = self._must(commit, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *named)
        found = Listing({}, {}, set())
        for entry in filter(None, out.split(b"\0")):
            meta, _, name = entry.partition(b"\t")
            mode, kind, id_ = meta.decode().split()
            path = self._relative(os.fsdecode(name))
            kept = found.submodules if kind == "commit" else found.blobs
            kept[path] = id_
            if mode == _LINK:
                found.links.add(path)
        return found

    def contents(self, blobs: Iterable[str], *, max_bytes: int) -> dict[str, bytes]:
        """Read many blobs at once, by their ids; larger ones are left out.

        Raises:
            RepositoryProblem: the clone lacks one, or Git cannot read it.
        """
        what = "files of the commit"
        found = read_many(lambda how, given: self._must(what, "cat-file", how, given=given),
                          blobs, max_bytes=max_bytes)  # fmt: skip
        if found is None:
            raise self._unreadable(what)
        return found

    def commit_named(self, name: str) -> str | None:
        """Find the commit that a branch, a tag or the beginning of an id means; None: none."""
        code, commit = self._run("rev-parse", "--verify", "--quiet", "--end-of-options",
                                 f"{name}^{{commit}}")  # fmt: skip
        return commit.decode().strip() if code == 0 else None

    def _stored(self, path: str, oid: str) -> bytes:
        """Find what an LFS pointer stands for: in the local store, or in the working tree."""
        store = Path(str(self._repo.common_dir), "lfs", "objects", oid[:2], oid[2:4], oid)
        for file in (store, self._top / self._full(path)):
            held = content(file)
            if held is not None and hashlib.sha256(held).hexdigest() == oid:
                return held
        message = (
            f"{path} is kept by Git LFS, and what the commit's pointer stands for is not here."
        )
        raise RepositoryProblem(findings.make("RG112", message, path=path))

    def _config(self, *what: str) -> list[str]:
        return self._run("config", *what)[1].decode(errors="replace").split()

    def _must(self, what: str, *arguments: str, given: BinaryIO | None = None) -> bytes:
        code, out, _ = self._execute(*(a for a in arguments if a), given=given)
        if code == 0:
            return out
        raise self._unreadable(what)

    def _unreadable(self, what: str) -> RepositoryProblem:
        message = f"Git cannot read {what}: the clone is partial or damaged."
        return RepositoryProblem(findings.make("RG109", message, help=self._refetch()))

    def _refetch(self) -> str:
        """Name what brings in all that a partial clone left out (git-fetch(1))."""
        is_partial = bool(self._config("--get-regexp", r"^remote\..*\.promisor$"))
        return "git fetch --refetch --no-filter" if is_partial else "git fsck"

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
        code, out, _ = self._execute(*(a for a in arguments if a))
        return code, out

    def _execute(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        given: BinaryIO | None = None,
    ) -> tuple[int, bytes, str]:
        return execute(self._repo, arguments, environment=environment, given=given)


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
    endless = irregular(root.resolve())
    if endless is not None:
        message = (
            f"{endless.name} in the repository is no file: whoever reads it would wait for ever."
        )
        help_ = "Find out who put it there; take it away, or clone anew."
        raise RepositoryProblem(findings.make("RG109", message, help=help_))
    try:
        repo = git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        message = "There is no Git repository here, so no release can be told."
        raise RepositoryProblem(findings.make("RG105", message)) from None
    with repo:
        yield Repository(repo, root)
