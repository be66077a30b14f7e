"""Configuration and environment -> frozen Settings."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from releasegate import window
from releasegate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from releasegate.window import Freeze, Recurring

_DURATION = re.compile(r"(\d+)(ms|s|min)\Z")
_LONGEST_DURATION = 12
#: a configuration is read by people too
_MAX_BYTES = 4 << 20
_UNITS = {"ms": "milliseconds", "s": "seconds", "min": "minutes"}


class _Section(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True
):
    """A table of the configuration; keys are written in kebab-case."""


class AppCode(_Section, frozen=True):
    #: folders or files to read, relative to the project's root
    roots: tuple[str, ...] = (".",)
    #: glob patterns, added to the built-in ones
    exclude: tuple[str, ...] = ()
    #: "table.column": omission is a warning only
    optional: tuple[str, ...] = ()
    #: branch, tag or commit that runs now, to be judged too; empty: HEAD alone is
    deployed: str = ""


class Locks(_Section, frozen=True):
    #: the longest wait in a queue that the app stands in, all tables together
    longest_wait: str = "250ms"
    #: how long to wait for another operator's run
    mutex_wait: str = "0s"
    #: how long a validation or an index build may go on after the close, rather than be lost
    hard_stop: str = "30min"


class WindowRule(_Section, frozen=True):
    """A maintenance window that comes again and again."""

    #: five fields, by the clock on the wall of the zone
    cron: str
    #: ISO 8601, real time
    duration: str
    zone: str


class FreezeRule(_Section, frozen=True):
    """A time in which nothing is applied."""

    #: a date, two dates, or an interval as of --window
    when: str
    #: for dates
    zone: str | None = None
    reason: str = ""


class Scratch(_Section, frozen=True):
    #: files that an administrator runs on the throwaway server before the baseline
    prelude: str | tuple[str, ...] = ()
    #: whose roles and schemas are there before the baseline
    platform: Literal["", "supabase"] = ""
    #: extensions that the throwaway server may have a stand-in of, where it lacks them
    stand_ins: tuple[str, ...] = ()


class Policy(_Section, frozen=True):
    #: the release tag must be signed by one of allowed_signers
    signed_tag: bool = False
    #: a file of public keys: absolute, outside the repository, or read at its default branch
    allowed_signers: str = ""
    #: migrations that are drafts whatever their header says
    drafts: tuple[str, ...] = ()
    #: extensions that a migration may create
    extensions: tuple[str, ...] = ()
    #: the ledger's tables are on the subscribers, or may be carried there
    publish_ledger: bool = False
    #: the role that will apply; empty: the one that looks
    apply_role: str = ""


class TargetRule(_Section, frozen=True):
    """What --target NAME must turn out to be; what is left out is not asked."""

    #: as it is dialled: a name, an address or the folder of a socket
    host: str | None = None
    port: int | None = None
    database: str | None = None
    #: SELECT system_identifier FROM pg_control_system(): a copy by dump has another
    system_identifier: str | None = None


class Configuration(_Section, frozen=True):
    migrations: str = "db/migrations"
    #: files, folders or globs, in the order in which they are run
    baseline: str | tuple[str, ...] = "db/schema/v0.sql"
    release_tag: str = "v0"
    #: online or as-written
    strategy: Literal["online", "as-written"] = "online"
    app_code: AppCode = AppCode()
    locks: Locks = Locks()
    scratch: Scratch = Scratch()
    policy: Policy = Policy()
    windows: dict[str, WindowRule] = msgspec.field(default_factory=dict)
    freezes: dict[str, FreezeRule] = msgspec.field(default_factory=dict)
    targets: dict[str, TargetRule] = msgspec.field(default_factory=dict)

    @property
    def baselines(self) -> tuple[str, ...]:
        return _each(self.baseline)

    @property
    def preludes(self) -> tuple[str, ...]:
        return _each(self.scratch.prelude)


def _each(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class Settings:
    """What a run goes by; every path below ``root`` is relative to it, with slashes."""

    root: Path
    #: the file that was read, relative to root; None: defaults throughout
    source: str | None
    configuration: Configuration
    longest_wait: timedelta
    mutex_wait: timedelta
    hard_stop: timedelta
    #: by name
    windows: Mapping[str, Recurring]
    freezes: tuple[Freeze, ...]
    #: where clusters of the throwaway server are kept between runs
    cache: Path | None


def load(start: Path, environment: Mapping[str, str], *, app_code: Sequence[str] = ()) -> Settings:
    """Find the project's root at or above ``start`` and read its configuration.

    ``app_code`` stands in place of the configured roots, where it is given.

    Raises:
        UsageError: a file cannot be read, or a key or value in it is wrong.
    """
    root, source, table = _find(start.resolve())
    configuration = _convert(table, source)
    _check_paths(configuration, root, table, source)
    if app_code:
        given = msgspec.structs.replace(configuration.app_code, roots=tuple(app_code))
        configuration = msgspec.structs.replace(configuration, app_code=given)
        _check_paths(configuration, root, {"app-code": {"roots": app_code}}, "--app-code")
    windows, freezes = _times(configuration, source)
    return Settings(
        root=root,
        source=source,
        configuration=configuration,
        longest_wait=_duration(configuration.locks.longest_wait, source, "locks.longest-wait"),
        mutex_wait=_duration(configuration.locks.mutex_wait, source, "locks.mutex-wait"),
        hard_stop=_duration(configuration.locks.hard_stop, source, "locks.hard-stop"),
        windows=windows,
        freezes=freezes,
        cache=cache_directory(environment),
    )


def _times(
    configuration: Configuration, source: str | None
) -> tuple[dict[str, Recurring], tuple[Freeze, ...]]:
    try:
        windows = {
            name: window.recurring(name, cron=rule.cron, duration=rule.duration, zone=rule.zone)
            for name, rule in configuration.windows.items()
        }
        freezes = tuple(
            window.freeze(name, when=rule.when, zone=rule.zone, reason=rule.reason)
            for name, rule in configuration.freezes.items()
        )
    except UsageError as error:
        raise UsageError(f"{source}: {error}") from None
    return windows, freezes


def _find(start: Path) -> tuple[Path, str | None, dict[str, Any]]:
    for folder in (start, *start.parents):
        if (folder / "releasegate.toml").is_file():
            return folder, "releasegate.toml", _read(folder / "releasegate.toml")
        if (folder / "pyproject.toml").is_file():
            tool = _read(folder / "pyproject.toml").get("tool", {})
            if isinstance(tool, dict) and "releasegate" in tool:
                return folder, "pyproject.toml", tool["releasegate"]
        if (folder / ".git").exists():
            return folder, None, {}
    if all((start / part).exists() for part in ("HEAD", "objects", "refs")):
        raise UsageError(
            f"{start.name} is a bare repository, without files to look at: git worktree add "
            "../checkout HEAD, and run there."
        )
    return start, None, {}


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path.name} is larger than {_MAX_BYTES >> 20} MiB.")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise UsageError(f"{path.name} is nested too deeply to be read.") from None
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not valid TOML: {error}.") from error


def _convert(table: Any, source: str | None) -> Configuration:
    prefix = "tool.releasegate." if source == "pyproject.toml" else ""
    _refuse_unknown_keys(table, Configuration, f"{source}: {prefix}")
    try:
        configuration = msgspec.convert(table, Configuration)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        key = where.rstrip("`").lstrip(".") or "the configuration"
        raise UsageError(f"{source}: {prefix}{key}: {what}.") from None
    return configuration


def _refuse_unknown_keys(table: Any, section: type[msgspec.Struct], where: str) -> None:
    if not isinstance(table, dict):
        raise UsageError(f"{where.rstrip('.')}: expected a table.")
    fields = {field.encode_name: field for field in msgspec.structs.fields(section)}
    hints = get_type_hints(section)
    for key, value in table.items():
        if key not in fields:
            allowed = ", ".join(sorted(fields))
            raise UsageError(f"{where}{key}: there is no such key. Allowed here: {allowed}.")
        kind = hints[fields[key].name]
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            _refuse_unknown_keys(value, kind, f"{where}{key}.")
        elif get_origin(kind) is dict and isinstance(value, dict):
            for name, table_ in value.items():
                _refuse_unknown_keys(table_, get_args(kind)[1], f"{where}{key}.{name}.")


def _check_paths(
    configuration: Configuration, root: Path, table: dict[str, Any], source: str | None
) -> None:
    """Demand paths below the root; those that the file itself names must exist."""
    named = {
        "migrations": (configuration.migrations,),
        "baseline": configuration.baselines,
        "scratch.prelude": configuration.preludes,
        "app-code.roots": configuration.app_code.roots,
    }
    for key, values in named.items():
        is_configured = _has(table, key)
        for value in values:
            path = PurePosixPath(value)
            if path.is_absolute() or ".." in path.parts:
                raise UsageError(f"{source}: {key}: {value!r} must be a path below the root.")
            if is_configured and not _exists(root / path):
                raise UsageError(f"{source}: {key}: there is no {value!r} below {root.name}.")
    for pattern in configuration.app_code.exclude:
        if not pattern.strip("/"):
            raise UsageError(f"{source}: app-code.exclude: {pattern!r} is no pattern.")


def _exists(path: Path) -> bool:
    """Tell whether it is there, or what a glob stands for."""
    try:
        return path.exists() or ("*" in path.name and any(path.parent.glob(path.name)))
    except OSError:
        return False


def _has(table: dict[str, Any], dotted: str) -> bool:
    value: Any = table
    for key in dotted.split("."):
        if key not in value:
            return False
        value = value[key]
    return True


def _duration(text: str, source: str | None, key: str) -> timedelta:
    found = _DURATION.match(text)
    if found is None or len(text) > _LONGEST_DURATION:
        raise UsageError(f"{source}: {key}: {text!r} is no duration such as 250ms, 2s or 1min.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def cache_directory(environment: Mapping[str, str]) -> Path | None:
    """Find the cache by the XDG Base Directory Specification; none without a home."""
    configured = environment.get("XDG_CACHE_HOME", "")
    if configured.startswith("/"):
        return Path(configured) / "releasegate" / "clusters"
    home = environment.get("HOME", "")
    is_usable = home.startswith("/") and os.access(home, os.W_OK)
    return Path(home) / ".cache" / "releasegate" / "clusters" if is_usable else None
