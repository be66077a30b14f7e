"""The commit that runs -> whether its writes keep the contract, and which to deploy first."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from releasegate import appcode, findings, migrations
from releasegate.appcode.source.sources import (
    MAX_FILE_BYTES,
    SUFFIXES,
    LeftOut,
    Sources,
    source_files,
)
from releasegate.gates.waivers import waived
from releasegate.model import Level
from releasegate.repository import Repository, content, pointed_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from releasegate.appcode import Examination
    from releasegate.gates import GateInputs
    from releasegate.model import Finding

_SHOWN = 20
#: of the contract itself and of pragmas, which are asked of HEAD alone; and that a table has no
#: writer yet is no fault of what runs
_OF_HEAD = frozenset({"RG206", "RG208", "RG223"})
#: beside what is read, tells that a folder is a virtual environment
_MARKS = frozenset({"pyvenv.cfg"})


@dataclass(frozen=True)
class Judged:
    findings: tuple[Finding, ...]
    evidence: Mapping[str, Any]


def examine(
    inputs: GateInputs, sources: Sources, contents: Mapping[str, bytes | None]
) -> Examination:
    """Hold an app's code against the contract of the migration."""
    return appcode.examine(
        migration_sql=migrations.text(inputs.migration),
        migration_path=inputs.migration.path,
        baseline_sql="\n;\n".join(inputs.texts_before),
        optional=inputs.settings.configuration.app_code.optional,
        sources=sources,
        contents=contents,
    )


def judge(inputs: GateInputs, commit: str, at_head: Examination) -> Judged:
    """Examine the code at a commit.

    Raises:
        RepositoryProblem: this clone lacks files of it.
    """
    assert isinstance(inputs.repository, Repository), "the commit was found in it"
    if commit == inputs.repository.head:
        return Judged((), {"commit": commit, "is_head": True})
    examined = _at(inputs, inputs.repository, commit)
    errors = _errors(inputs, examined)
    evidence = {
        "commit": commit,
        "is_head": False,
        "files": examined.evidence["files"],
        "write_sites": len(examined.evidence["write_sites"]),
        "errors": len(errors),
    }
    if not errors:
        return Judged((), evidence)
    first = _deploy_first(inputs, inputs.repository, commit, at_head)
    return Judged(tuple(_told(errors, commit, first)), {**evidence, "deploy_first": first})


def _errors(inputs: GateInputs, examined: Examination) -> list[Finding]:
    found = waived(examined.findings, inputs.migration, inputs.now)
    return [one for one in found if one.level is Level.ERROR and one.code not in _OF_HEAD]


def _told(errors: Sequence[Finding], commit: str, first: str) -> list[Finding]:
    """Tell each error with its place in the text: its file may be another one by now."""
    short = commit[:12]
    told = [
        findings.make("RG240", f"At {short}, which runs: {_place(one)}{one.message} ({one.code})",
                      help=first)
        for one in errors[:_SHOWN]
    ]  # fmt: skip
    if len(errors) > _SHOWN:
        more = f"At {short}, which runs, there are {len(errors) - _SHOWN} more."
        told.append(findings.make("RG240", more, help=first))
    return told


def _place(one: Finding) -> str:
    if one.path is None or one.path in one.message:
        return ""
    return f"{one.path}:{one.line}: " if one.line else f"{one.path}: "


def _deploy_first(
    inputs: GateInputs, repository: Repository, commit: str, at_head: Examination
) -> str:
    """Name the first commit that keeps the contract: the release's tag, else HEAD."""
    tag, head = inputs.release, repository.head
    if tag.commit and tag.commit not in (head, commit):
        examined = _at(inputs, repository, tag.commit)
        if not _errors(inputs, examined):
            return f"Deploy {tag.tag} ({tag.commit[:12]}) first: its writes keep the contract."
    if not _errors(inputs, at_head):
        name = f"{tag.tag}, which is HEAD" if tag.commit == head else "HEAD"
        return f"Deploy {name} ({head[:12]}) first: its writes keep the contract."
    return f"Mend the app and deploy that first: neither {tag.tag} nor HEAD keeps the contract."


# -- the code at a commit --------------------------------------------------------------------------


def _at(inputs: GateInputs, repository: Repository, commit: str) -> Examination:
    """Lay the app's files out in a folder of our own, and read them as HEAD's are read."""
    configuration = inputs.settings.configuration
    roots = tuple(configuration.app_code.roots)
    with tempfile.TemporaryDirectory(prefix="releasegate-") as folder:
        unreadable = _lay_out(repository, commit, roots, Path(folder))
        sources = source_files(
            Path(folder),
            roots=roots,
            exclude=configuration.app_code.exclude,
            migrations=configuration.migrations,
        )
        contents = {path: content(Path(folder, path)) for path in sources.files}
    sources = replace(sources, unreadable=(*sources.unreadable, *unreadable))
    return examine(inputs, sources, contents)


def _lay_out(
    repository: Repository, commit: str, roots: Sequence[str], folder: Path
) -> list[LeftOut]:
    """Write the files down that could be sources; give those that could not be."""
    listing = repository.listing(commit, roots)
    wanted = {path: id_ for path, id_ in listing.blobs.items() if _is_wanted(path)}
    held = repository.contents(wanted.values(), max_bytes=MAX_FILE_BYTES)
    unreadable = [LeftOut(path, "a submodule") for path in sorted(listing.submodules)]
    # Links last: through none of them is anything written.
    for path in sorted(wanted, key=lambda path: (path in listing.links, path)):
        found = held.get(wanted[path])
        why = _why_not(path, found)
        if found is not None and not why:
            try:
                _write(folder / path, found, is_link=path in listing.links)
            except OSError as error:
                why = error.strerror or "it cannot be written down"
        if why:
            unreadable.append(LeftOut(path, why))
    return unreadable


def _write(file: Path, held: bytes, *, is_link: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if is_link:
        # It is not followed, wherever it leads, so it leads nowhere.
        file.symlink_to("nowhere")
    else:
        file.write_bytes(held)


def _is_wanted(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix in SUFFIXES or name.name in _MARKS


def _why_not(path: str, held: bytes | None) -> str:
    """Say why a file is not written down; empty: it may be."""
    if path.startswith("/") or {"..", ".git"} & set(PurePosixPath(path).parts):
        # A tree may be written by hand.
        return "its path leads out of the folder"
    if held is None:
        return f"larger than {MAX_FILE_BYTES >> 20} MiB"
    return "a Git LFS pointer" if pointed_at(held) else ""
