"""Configuration and environment -> Settings: precedence, refusals, paths, durations, cache."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from releasegate import settings
from releasegate.errors import UsageError

if TYPE_CHECKING:
    from releasegate.settings import Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the default folders and no configuration."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "db/migrations").mkdir(parents=True)
    (tmp_path / "db/schema").mkdir()
    (tmp_path / "db/schema/v0.sql").touch()
    return tmp_path


def load(root: Path, text: str | None = None, *, file: str = "releasegate.toml") -> Settings:
    if text is not None:
        (root / file).write_text(text, encoding="utf-8")
    return settings.load(root, {})


def refusal(root: Path, text: str, *, file: str = "releasegate.toml") -> str:
    with pytest.raises(UsageError) as caught:
        load(root, text, file=file)
    return str(caught.value)


def test_without_a_file_everything_has_its_default(root: Path) -> None:
    found = load(root)

    assert (found.root, found.source) == (root, None)
    assert found.configuration.migrations == "db/migrations"
    assert found.configuration.baseline == "db/schema/v0.sql"
    assert found.configuration.release_tag == "v0"
    assert found.configuration.app_code.roots == (".",)
    assert found.configuration.policy.drafts == ()
    assert (found.longest_wait, found.mutex_wait) == (timedelta(milliseconds=250), timedelta(0))


def test_every_key_is_read_from_releasegate_toml(root: Path) -> None:
    (root / "app").mkdir()
    (root / "schema.sql").touch()

    found = load(
        root,
        """
        migrations = "db/migrations"
        baseline = "schema.sql"
        release-tag = "v7"
        [app-code]
        roots = ["app"]
        exclude = ["*_old.py"]
        optional = ["runs.plan_id"]
        [locks]
        longest-wait = "2s"
        mutex-wait = "1min"
        [policy]
        drafts = ["db/migrations/002_rls.sql"]
        extensions = ["pgcrypto"]
        """,
    )

    assert found.source == "releasegate.toml"
    assert (found.configuration.baseline, found.configuration.release_tag) == ("schema.sql", "v7")
    assert found.configuration.app_code.roots == ("app",)
    assert found.configuration.app_code.exclude == ("*_old.py",)
    assert found.configuration.app_code.optional == ("runs.plan_id",)
    assert found.configuration.policy.drafts == ("db/migrations/002_rls.sql",)
    assert found.configuration.policy.extensions == ("pgcrypto",)
    assert (found.longest_wait, found.mutex_wait) == (timedelta(seconds=2), timedelta(minutes=1))


def test_pyproject_is_read_below_its_tool_table(root: Path) -> None:
    found = load(root, '[tool.releasegate]\nrelease-tag = "v3"\n', file="pyproject.toml")

    assert (found.source, found.configuration.release_tag) == ("pyproject.toml", "v3")


def test_releasegate_toml_wins_over_pyproject(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.releasegate]\nrelease-tag = "v3"\n')

    found = load(root, 'release-tag = "v4"\n')

    assert (found.source, found.configuration.release_tag) == ("releasegate.toml", "v4")


def test_a_pyproject_of_other_tools_is_passed_over(root: Path) -> None:
    found = load(root, "[tool.ruff]\nline-length = 100\n", file="pyproject.toml")

    assert found.source is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('realease-tag = "v0"', "realease-tag: there is no such key"),
        ('release_tag = "v0"', "release_tag: there is no such key"),
        ('[app-code]\nroot = ["."]', "app-code.root: there is no such key"),
        ('[locks]\nlongest = "1s"', "locks.longest: there is no such key"),
        ("[policy]\nsigned = true", "policy.signed: there is no such key"),
        ("[window.sunday]\nzone = 'UTC'", "window: there is no such key"),
        ("[windows.sunday]\ntz = 'UTC'", "windows.sunday.tz: there is no such key"),
    ],
    ids=["top", "snake-case", "app-code", "locks", "policy", "unknown-table", "nested"],
)
def test_an_unknown_key_is_named_with_the_allowed_ones(root: Path, text: str, says: str) -> None:
    message = refusal(root, text)

    assert message.startswith(f"releasegate.toml: {says}. Allowed here: ")


def test_an_unknown_key_of_pyproject_is_named_in_full(root: Path) -> None:
    message = refusal(root, "[tool.releasegate.locks]\nwait = 1\n", file="pyproject.toml")

    assert message.startswith("pyproject.toml: tool.releasegate.locks.wait: there is no such key.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("release-tag = 0", "release-tag"),
        ("migrations = ['db']", "migrations"),
        ("[app-code]\nroots = 'app'", "app-code.roots"),
        ("[app-code]\nroots = [1]", "app-code.roots"),
        ("[locks]\nlongest-wait = 250", "locks.longest-wait"),
        ("[policy]\ndrafts = true", "policy.drafts"),
        ("app-code = 'app'", "app-code"),
        ("locks = []", "locks"),
    ],
)
def test_a_wrong_type_names_its_key(root: Path, text: str, names: str) -> None:
    assert names in refusal(root, text)


def test_a_table_that_is_no_table_is_refused(root: Path) -> None:
    message = refusal(root, "[tool]\nreleasegate = 3\n", file="pyproject.toml")

    assert "expected a table" in message


@pytest.mark.parametrize("content", [b"release-tag = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_no_toml_is_refused(root: Path, content: bytes) -> None:
    (root / "releasegate.toml").write_bytes(content)

    with pytest.raises(UsageError, match=r"releasegate\.toml is not valid TOML"):
        settings.load(root, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("migrations = 'sql'", "migrations: there is no 'sql'"),
        ("baseline = 'schema.sql'", "baseline: there is no 'schema.sql'"),
        ("[app-code]\nroots = ['db', 'web']", "app-code.roots: there is no 'web'"),
    ],
)
def test_a_configured_path_must_exist(root: Path, text: str, says: str) -> None:
    assert says in refusal(root, text)


def test_a_default_path_need_not_exist(tmp_path: Path) -> None:
    found = load(tmp_path, 'release-tag = "v1"\n')

    assert found.configuration.baseline == "db/schema/v0.sql"


@pytest.mark.parametrize("value", ["../other", "db/../../other", "/etc/passwd", ".."])
@pytest.mark.parametrize("key", ["migrations", "baseline"])
def test_a_path_outside_the_root_is_refused(root: Path, key: str, value: str) -> None:
    assert "must be a path below the root" in refusal(root, f"{key} = '{value}'")


def test_an_app_root_outside_the_root_is_refused(root: Path) -> None:
    message = refusal(root, "[app-code]\nroots = ['db', '../app']")

    assert "app-code.roots: '../app' must be a path below the root" in message


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0s", timedelta(0)),
        ("1ms", timedelta(milliseconds=1)),
        ("2s", timedelta(seconds=2)),
        ("3min", timedelta(minutes=3)),
    ],
)
def test_a_duration_has_a_unit(root: Path, text: str, length: timedelta) -> None:
    assert load(root, f"[locks]\nlongest-wait = '{text}'").longest_wait == length


@pytest.mark.parametrize("text", ["", "250", "-1s", "1.5s", "2 s", "1h", "ms", "1s\\n", "PT1S"])
def test_what_is_no_duration_is_refused(root: Path, text: str) -> None:
    message = refusal(root, f'[locks]\nmutex-wait = "{text}"')

    assert "locks.mutex-wait" in message
    assert "is no duration such as 250ms, 2s or 1min" in message


def test_the_root_is_found_from_a_folder_below(root: Path) -> None:
    (root / "releasegate.toml").write_text('release-tag = "v9"\n')

    found = settings.load(root / "db/migrations", {})

    assert (found.root, found.configuration.release_tag) == (root, "v9")


def test_the_repository_is_the_root_where_there_is_no_file(root: Path) -> None:
    assert settings.load(root / "db/migrations", {}).root == root


def test_no_file_above_the_repository_is_read(root: Path) -> None:
    inner = root / "vendored"
    (inner / ".git").mkdir(parents=True)
    (root / "releasegate.toml").write_text('release-tag = "v9"\n')

    found = settings.load(inner, {})

    assert (found.root, found.source) == (inner, None)


def test_a_relative_start_ends_in_an_absolute_root(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "db")

    assert settings.load(Path(), {}).root == root


def test_the_cache_is_where_the_environment_says(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": "/var/cache/me", "HOME": str(tmp_path)}

    cache = settings.load(tmp_path, environment).cache

    assert cache == Path("/var/cache/me/releasegate/clusters")


@pytest.mark.parametrize("configured", [{}, {"XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "cache"}])
def test_the_cache_is_below_home_by_default(tmp_path: Path, configured: dict[str, str]) -> None:
    cache = settings.load(tmp_path, {**configured, "HOME": str(tmp_path)}).cache

    assert cache == tmp_path / ".cache/releasegate/clusters"


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"HOME": "/proc/none"}, {"HOME": "x"}])
def test_without_a_usable_home_there_is_no_cache(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    assert settings.load(tmp_path, environment).cache is None


def test_a_duration_beyond_measure_is_refused(root: Path) -> None:
    assert "locks.mutex-wait" in refusal(root, "[locks]\nmutex-wait = '99999999999999999min'")
