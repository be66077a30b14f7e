"""Connection parameters: completed from libpq's environment, never shown, never inherited."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING

import pytest

from releasegate import database
from releasegate.database import Parameters, given_parameters, target_parameters
from releasegate.errors import CouldNotLook, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take what the machine says of PostgreSQL out, and put it back afterwards."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    for name in ("PGSERVICE", "PGSERVICEFILE", "PGHOST"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:s3cret%zz@db/papers",
        "me:s3cret@db/papers",
        "host=db password='s3cret",
        "host=db s3cret",
        "postgresql://me:s3cret@db/papers?s3cret=1",
        "postgresql://me:s3cret@[db/papers",
    ],
)
@pytest.mark.parametrize("read", [given_parameters, target_parameters])
def test_a_text_that_is_no_connection_string_is_never_shown(text: str, read: object) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)  # type: ignore[operator]

    shown = "".join(traceback.format_exception(caught.value))
    assert "not a valid connection string" in str(caught.value)
    assert "s3cret" not in shown.replace(repr(text), "").replace(text, "")
    assert caught.value.__suppress_context__


def test_parameters_never_show_themselves() -> None:
    parameters = given_parameters("postgresql://me:s3cret@db/papers")

    for shown in (repr(parameters), str(parameters), f"{parameters}", f"{[parameters]}"):
        assert "s3cret" not in shown
        assert "db" not in shown


def test_a_url_and_keywords_say_the_same() -> None:
    url = given_parameters("postgresql://me:p%40ss@db:5433/papers?sslmode=require")
    keywords = given_parameters(
        "user=me password=p@ss host=db port=5433 dbname=papers sslmode=require"
    )

    assert url == keywords
    assert url.values["password"] == "p@ss"


def test_what_is_given_extra_wins() -> None:
    dsn = Parameters({"host": "db", "application_name": "a"}).dsn(application_name="it's b")

    assert given_parameters(dsn).values == {"host": "db", "application_name": "it's b"}


def test_the_environment_fills_in_what_the_text_leaves_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    monkeypatch.setenv("PGPORT", "5433")
    monkeypatch.setenv("PGSSLMODE", "verify-full")

    values = target_parameters("postgresql://me@db/papers").values

    assert (values["host"], values["user"], values["dbname"]) == ("db", "me", "papers")
    assert (values["password"], values["port"]) == ("s3cret", "5433")
    assert values["sslmode"] == "verify-full"


def test_an_address_of_the_environment_never_leads_a_named_host_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")

    assert not target_parameters("host=db").values.get("hostaddr")


def test_an_address_of_the_environment_counts_where_no_host_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")

    assert target_parameters("dbname=papers").values["hostaddr"] == "192.0.2.1"


@pytest.mark.parametrize("how", ["text", "environment"])
def test_a_service_is_read_from_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    file = tmp_path / "services"
    file.write_text("[prod]\nhost=db\nuser=me\nport=5444\n[other]\nhost=nowhere\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    if how == "environment":
        monkeypatch.setenv("PGSERVICE", "prod")

    values = target_parameters("service=prod user=you" if how == "text" else "user=you").values

    assert (values["host"], values["port"], values["user"]) == ("db", "5444", "you")


def test_nothing_of_the_target_stays_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PGHOST", "PGPASSWORD", "PGOPTIONS", "PGHOSTADDR", "PGPASSFILE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))

    target_parameters("host=db")

    assert [name for name in os.environ if name.startswith("PG")] == ["PGSERVICEFILE"]


def test_scrubbing_leaves_other_variables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "x")
    monkeypatch.setenv("PYTHONHASHSEED", "1")

    database.scrub_environment()

    assert "PGHOST" not in os.environ
    assert os.environ["PYTHONHASHSEED"] == "1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("host={folder} dbname=s3cret password=s3cret", "Nothing answered"),
        ("host=127.0.0.1 port=1 password=s3cret", "Nothing answered"),
        ("host={folder} port=s3cret", "check host, port"),
        ("host={folder} sslmode=s3cret", "host, port and sslmode"),
    ],
    ids=["socket", "port", "bad-port", "bad-sslmode"],
)
def test_why_there_is_no_session_is_told_without_values(
    tmp_path: Path, text: str, says: str
) -> None:
    parameters = given_parameters(text.format(folder=tmp_path))

    with pytest.raises(CouldNotLook, match=says) as caught:
        database.connect(parameters, application_name="test")

    assert "s3cret" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


#: keeps whoever comes first waiting, and asks the next for a password (manual, 53.7)
LATE = """
import socket
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
first, _ = door.accept()
second, _ = door.accept()
second.recv(1024)
second.sendall(b"R" + bytes([0, 0, 0, 8, 0, 0, 0, 3]))
second.recv(1024)
"""


def test_a_server_that_is_late_is_not_told_as_one_that_refuses() -> None:
    # No thread of ours runs while libpq asks again.
    with subprocess.Popen([sys.executable, "-c", LATE], stdout=subprocess.PIPE) as late:
        assert late.stdout is not None
        place = f"host=127.0.0.1 port={int(late.stdout.readline())} user=x dbname=x"
        parameters = given_parameters(f"{place} sslmode=disable gssencmode=disable")

        with pytest.raises(CouldNotLook, match="let nobody in while we waited"):
            database.connect(parameters, application_name="test", connect_timeout="2")


def test_libpqs_own_programs_are_told_everything_but_the_service() -> None:
    parameters = given_parameters(
        "service=x host=db dbname='a=b' sslmode=verify-full sslcrl=/c require_auth=scram-sha-256"
    )

    assert parameters.environment() == {
        "PGHOST": "db",
        "PGDATABASE": "a=b",
        "PGSSLMODE": "verify-full",
        "PGSSLCRL": "/c",
        "PGREQUIREAUTH": "scram-sha-256",
    }
