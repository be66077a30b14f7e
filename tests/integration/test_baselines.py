"""tests/baselines: dumps by pg_dump 15 to 18, of plain servers and of ones like managed ones."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from releasegate import baseline, throwaway
from releasegate.baseline import File, MissingExtensions, PreludeError, Setup
from releasegate.gates.ground import snapshot
from releasegate.throwaway.binaries import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.throwaway import Database, Server

CASES = Path(__file__).parents[1] / "baselines"


@dataclass(frozen=True)
class Case:
    schema: str
    says: dict[str, Any]

    @property
    def setup(self) -> Setup:
        return Setup(stand_ins=frozenset(self.says.get("lacks", ())))


def case(name: str) -> Case:
    folder = CASES / name
    says = tomllib.loads((folder / "case.toml").read_text())
    return Case((folder / "schema.sql").read_text(), says)


NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LACKING = [name for name in NAMES if "lacks" in case(name).says]
PLAIN = [name for name in NAMES if name.startswith("plain")]


@pytest.fixture(scope="module")
def lender(cluster_cache: Path) -> Iterator[Server]:
    """Serve them on a server whose roles nobody else needs."""
    with throwaway.start(cache=cluster_cache) as running:
        yield running


@pytest.fixture(scope="module")
def oldest(cluster_cache: Path) -> Iterator[Server]:
    if min(binaries()) >= 17:
        pytest.skip("no server at hand is older than some of these dumps")
    with throwaway.start(major=min(binaries()), cache=cluster_cache) as running:
        yield running


@pytest.fixture
def made(lender: Server) -> Iterator[Database]:
    with lender.database() as database:
        yield database


@pytest.mark.parametrize("name", NAMES)
def test_a_dump_loads_as_it_comes(name: str, lender: Server, made: Database) -> None:
    told = case(name)

    loaded = baseline.load(told.schema, into=made, server=lender, setup=told.setup)

    assert set(told.says["holds"]) <= {str(thing) for thing in snapshot(made)}
    assert list(loaded.stand_ins) == told.says.get("lacks", [])
    for words in told.says["left-out"]:
        assert any(words in remark for remark in loaded.remarks), loaded.remarks
    with psycopg.connect(made.admin.dsn(), autocommit=True) as admin:
        query = "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) ORDER BY 1"
        found = admin.execute(query, (told.says["roles"],)).fetchall()
        assert [role for (role,) in found] == told.says["roles"]


@pytest.mark.parametrize("name", NAMES)
def test_whoever_migrates_stands_in_the_place_of_productions_owner(
    name: str, lender: Server, made: Database
) -> None:
    told = case(name)
    baseline.load(told.schema, into=made, server=lender, setup=told.setup)

    with psycopg.connect(made.owner.dsn(), autocommit=True) as owner:
        owner.execute(
            "ALTER TABLE public.plans ADD COLUMN seen timestamptz;"
            "ALTER TABLE public.plans ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper_id)"
            "  REFERENCES public.papers NOT VALID;"
            "CREATE TABLE public.brand_new (id int PRIMARY KEY)"
        )
        for reader in told.says["readers-of-new-tables"]:
            query = "SELECT has_table_privilege(%s, 'public.brand_new', 'SELECT')"
            assert owner.execute(query, (reader,)).fetchone() == (True,), reader


@pytest.mark.parametrize("name", PLAIN)
def test_an_older_server_takes_a_newer_ones_dump(name: str, oldest: Server) -> None:
    told = case(name)

    with oldest.database() as database:
        loaded = baseline.load(told.schema, into=database, server=oldest)

        assert set(told.says["holds"]) <= {str(thing) for thing in snapshot(database)}
    assert any("in place of migrator" in remark for remark in loaded.remarks)


@pytest.mark.parametrize("name", LACKING)
def test_missing_extensions_are_named_together_with_the_three_ways_out(
    name: str, lender: Server, made: Database
) -> None:
    told = case(name)

    with pytest.raises(MissingExtensions) as caught:
        baseline.load(told.schema, into=made, server=lender)

    message = str(caught.value)
    quoted = ", ".join(f'"{lacking}"' for lacking in told.says["lacks"])
    assert f"[scratch] stand-ins = [{quoted}]" in message
    assert "install a PostgreSQL" in message
    assert "--scratch-url" in message
    assert "CREATE EXTENSION" in told.schema.splitlines()[caught.value.line - 1]


def test_one_stand_in_does_not_let_another_missing_extension_through(
    lender: Server, made: Database
) -> None:
    text = "CREATE EXTENSION hypopg; CREATE EXTENSION postgis;"

    setup = Setup(stand_ins=frozenset({"hypopg"}))

    with pytest.raises(MissingExtensions, match="lacks postgis:"):
        baseline.load(text, into=made, server=lender, setup=setup)


def test_an_extension_that_is_there_gets_no_stand_in(lender: Server, made: Database) -> None:
    setup = Setup(stand_ins=frozenset({"citext"}))

    loaded = baseline.load("CREATE EXTENSION citext;", into=made, server=lender, setup=setup)

    assert loaded.stand_ins == ()


def test_what_a_stand_in_lacks_is_said_with_the_way_on(lender: Server, made: Database) -> None:
    text = "CREATE EXTENSION postgis;\nCREATE TABLE a (place geometry);"

    setup = Setup(stand_ins=frozenset({"postgis"}))
    says = "geometry.*stand-ins are in place of postgis"

    with pytest.raises(baseline.BaselineError, match=says):
        baseline.load(text, into=made, server=lender, setup=setup)


def test_a_stand_in_of_pgcrypto_gives_bytes_of_the_length_that_is_asked_for(
    lender: Server, made: Database
) -> None:
    text = "CREATE EXTENSION pgcrypto;\nCREATE TABLE a (key bytea DEFAULT gen_random_bytes(20));"
    setup = Setup(stand_ins=frozenset({"pgcrypto"}))

    baseline.load(text, into=made, server=lender, setup=setup)

    with psycopg.connect(made.owner.dsn(), autocommit=True) as owner:
        owner.execute("INSERT INTO a DEFAULT VALUES")
        assert owner.execute("SELECT length(key) FROM a").fetchone() == (20,)
        digest = owner.execute("SELECT encode(digest('a', 'sha256'), 'hex')").fetchone()
    assert digest == ("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",)


def test_an_installed_server_is_taken_where_only_that_one_has_the_extension() -> None:
    from releasegate.throwaway.binaries import choose, embedded_bin

    installed = {major: path for major, path in binaries().items() if path != embedded_bin()}
    if not installed:
        pytest.skip("no PostgreSQL is installed beside the embedded one")
    major, path = min(installed.items())

    assert choose(major, extensions=["plpgsql"]) == path
    assert choose(major, extensions=["of_nobody"]) == path
    assert choose(major, extensions=["of_nobody"], stand_ins=["of_nobody"]) == embedded_bin()


@pytest.fixture
def prelude() -> Setup:
    return Setup(prelude=(File("prelude.sql", "CREATE ROLE of_a_prelude BYPASSRLS;"),))


def test_nobody_runs_a_prelude_outside_a_cage_who_has_not_vouched_for_it(
    lender: Server, made: Database, prelude: Setup
) -> None:
    bare = replace(lender, cage=())

    with pytest.raises(PreludeError, match="--trust-prelude"):
        baseline.load("", into=made, server=bare, setup=prelude)

    vouched = replace(prelude, trusts_prelude=True)
    for _ in range(2):
        baseline.load("", into=made, server=bare, setup=vouched)
    with psycopg.connect(made.owner.dsn()) as owner:
        query = "SELECT pg_has_role('of_a_prelude', 'MEMBER')"
        assert owner.execute(query).fetchone() == (True,)


def test_on_a_lent_server_no_prelude_is_run(lender: Server, made: Database) -> None:
    setup = Setup(prelude=(File("prelude.sql", "CREATE ROLE of_a_lent_one;"),), trusts_prelude=True)
    with throwaway.borrow(made.admin) as lent, lent.database() as database:
        loaded = baseline.load("", into=database, server=lent, setup=setup)

    assert any("left out the prelude" in remark for remark in loaded.remarks)
    with psycopg.connect(made.admin.dsn()) as admin:
        query = "SELECT count(*) FROM pg_roles WHERE rolname = 'of_a_lent_one'"
        assert admin.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("supabase")])
def test_a_platform_leaves_out_what_a_dump_of_all_schemas_brings_itself(
    name: str, lender: Server, made: Database
) -> None:
    told = case(name)

    setup = replace(told.setup, platform="supabase")
    baseline.load(told.schema, into=made, server=lender, setup=setup)

    assert set(told.says["holds"]) <= {str(thing) for thing in snapshot(made)}


def test_the_platform_gives_policies_what_they_call(lender: Server, made: Database) -> None:
    text = """
    CREATE TABLE papers (id uuid PRIMARY KEY, owner_id uuid REFERENCES auth.users);
    CREATE POLICY own ON papers TO authenticated USING (owner_id = (SELECT auth.uid()));
    CREATE POLICY up ON storage.objects FOR INSERT
      WITH CHECK ((storage.foldername(name))[1] = auth.role());
    """
    baseline.load(text, into=made, server=lender, setup=Setup(platform="supabase"))

    with psycopg.connect(made.owner.dsn()) as owner:
        owner.execute("SELECT set_config('request.jwt.claims', '{\"role\": \"anon\"}', true)")
        query = "SELECT auth.role(), storage.foldername('a/b/c.d'), storage.extension('a/c.d')"
        assert owner.execute(query).fetchone() == ("anon", ["a", "b"], "d")
