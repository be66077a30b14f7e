"""Does the release tag exist, behind HEAD, with everything committed as it stands?"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.appcode.source.sources import SUFFIXES
from releasegate.gates import Answer, GateInputs
from releasegate.gates.submodules import submodule
from releasegate.model import Finding
from releasegate.repository import RepositoryProblem, content, differing, pointed_at
from releasegate.repository.differences import NOT_COMMITTED, OTHER_LINE_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.repository import Listing, Repository

_SHOWN = 20


def ask(inputs: GateInputs) -> Answer:
    """Look at the repository alone; the working tree is only compared with HEAD."""
    repository = inputs.repository
    if isinstance(repository, Finding):
        return Answer((repository,))
    try:
        found = [*_tag(inputs, repository), *_committed(inputs, repository), *_draft(inputs)]
    except RepositoryProblem as problem:
        return Answer((problem.finding,))
    if repository.is_detached:
        found.append(findings.make("RG110", f"HEAD is detached at {repository.head[:12]}."))
    evidence = {
        "tag": inputs.release.tag,
        "tag_commit": inputs.release.commit,
        "signed_by": inputs.signature if isinstance(inputs.signature, str) else None,
        "head": repository.head,
        "baseline": inputs.baseline.origin,
    }
    return Answer(tuple(found), evidence)


def _tag(inputs: GateInputs, repository: Repository) -> Iterator[Finding]:
    name = inputs.release.tag
    tag = repository.tag(name)
    if not tag.exists:
        yield _missing(name, repository)
    elif tag.commit is None:
        message = f"The tag {name} names something that is no commit."
        help_ = f"git tag -f -a {shlex.quote(name)} COMMIT -m {shlex.quote(name)}"
        yield findings.make("RG102", message, help=help_)
    elif not repository.is_ancestor(tag.commit):
        yield _not_behind(name, repository, tag.commit)
    if tag.object != inputs.release.object:
        yield findings.make("RG129", f"The tag {name} was moved while it was looked at.")
    if isinstance(inputs.signature, Finding):
        yield inputs.signature


def _missing(name: str, repository: Repository) -> Finding:
    if repository.is_shallow:
        message = f"This clone is shallow and has no tag {name}; the repository may have it."
        return findings.make("RG107", message)
    if repository.takes_no_tags:
        message = f"This clone takes no tags, and has no tag {name}; the repository may have it."
        return findings.make("RG107", message, help="git fetch --tags")
    message = f"There is no tag {name}: the release that the migration needs is not cut."
    quoted = shlex.quote(name)
    cure = f"git tag -a {quoted} -m {quoted} && git push origin {quoted}"
    return findings.make("RG101", message, help=cure)


def _not_behind(name: str, repository: Repository, commit: str) -> Finding:
    if repository.is_shallow:
        message = f"This clone is shallow, so whether HEAD descends from {name} cannot be told."
        return findings.make("RG107", message)
    message = f"HEAD ({repository.head[:12]}) does not descend from {name} ({commit[:12]})."
    cure = f"git log --oneline --graph HEAD {shlex.quote(name)}"
    return findings.make("RG103", message, help=cure)


def _committed(inputs: GateInputs, repository: Repository) -> Iterator[Finding]:
    """Compare what was read with HEAD, by content.

    Asking Git for its status could run programs of the repository's, and the files on disk can be
    others by now than those that the gates judge and an apply executes.
    """
    root = inputs.settings.root
    executed = {m.path: m.content for m in (inputs.migration, *inputs.earlier)}
    read: dict[str, bytes | None] = dict(inputs.app_files)
    for file in (*inputs.baseline.files, *inputs.baseline.prelude):
        read[file.path] = content(root / file.path)
    if inputs.settings.source is not None:
        # It says which migrations are drafts, and what a gate may leave out.
        read[inputs.settings.source] = content(root / inputs.settings.source)
    roots = inputs.settings.configuration.app_code.roots
    listing = repository.listing(repository.head, [*executed, *read, *roots])
    for path, pinned in listing.submodules.items():
        inside = {p: read.pop(p) for p in [*read] if p.startswith(f"{path}/")}
        yield from submodule(root, path, pinned, inside)
    reasons = {
        **differing(executed, listing.blobs, is_exact=True),
        **differing(read, listing.blobs, is_exact=False),
    }
    held = {**read, **executed}
    reasons = {p: r for p, r in reasons.items() if not _is_smudged(p, held, listing, repository)}
    gone = [p for p in listing.blobs if p.endswith(SUFFIXES) and not (root / p).exists()]
    reasons |= dict.fromkeys(gone, "deleted")
    yield from _told(reasons, repository)
    yield from _configuration(inputs, repository)
    for path in (p for p, c in held.items() if c is not None and pointed_at(c)):
        message = f"{path} is a Git LFS pointer: the file itself is not here."
        yield findings.make("RG112", message, path=path)


def _is_smudged(
    path: str, held: Mapping[str, bytes | None], listing: Listing, repository: Repository
) -> bool:
    """Tell whether the commit has a Git LFS pointer to just this content."""
    blob, content_ = listing.blobs.get(path), held[path]
    return bool(blob and content_ is not None and repository.is_pointer_to(blob, content_))


def _told(reasons: Mapping[str, str], repository: Repository) -> Iterator[Finding]:
    ignored = repository.ignored(p for p, r in reasons.items() if r == NOT_COMMITTED)
    is_sparse = repository.is_sparse
    for path in sorted(reasons)[:_SHOWN]:
        reason, quoted = reasons[path], shlex.quote(path)
        cure = f"git add {quoted} && git commit"
        if path in ignored:
            reason = "ignored by Git, and it is read here"
            cure = f"git add --force {quoted} && git commit; or exclude it in app-code.exclude"
        elif reason == OTHER_LINE_ENDS:
            cure = (
                "echo '*.sql eol=lf' >> .gitattributes && git add .gitattributes && "
                f"git commit -m 'Keep SQL with LF' && rm {quoted} && git checkout -- {quoted}"
            )
        elif is_sparse and reason == "deleted":
            reason, cure = "left out of a sparse checkout", "git sparse-checkout disable"
        yield findings.make("RG104", f"{path} is {reason}.", path=path, help=cure)
    if len(reasons) > _SHOWN:
        yield findings.make("RG104", f"{len(reasons) - _SHOWN} more files differ from HEAD.")


def _configuration(inputs: GateInputs, repository: Repository) -> Iterator[Finding]:
    """The policy that the gates go by is that of the file on disk."""
    path = inputs.settings.source
    if path is None:
        return
    held = {path: content(inputs.settings.root / path)}
    blobs = repository.listing(repository.head, [path]).blobs
    for name, reason in differing(held, blobs, is_exact=False).items():
        yield findings.make("RG119", f"{name}, which holds the policy, is {reason}.", path=name)


def _draft(inputs: GateInputs) -> Iterator[Finding]:
    if inputs.migration.draft:
        message = f"{inputs.migration.name} is a draft, and drafts are never applied."
        yield findings.make("RG108", message)
