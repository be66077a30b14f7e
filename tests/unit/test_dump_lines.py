"""What stays of a pg_dump text once its order and its frame are taken away."""

from __future__ import annotations

from releasegate.catalog import dump_lines

HEAD = """--
-- PostgreSQL database dump
--

\\restrict {key}

-- Dumped from database version 18.6

SET statement_timeout = 0;
SET default_tablespace = '';
SELECT pg_catalog.set_config('search_path', '', false);
SET default_table_access_method = heap;
"""
PAPERS = "CREATE TABLE public.papers (\n    id integer NOT NULL\n)"
FUNCTION = """CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- SET a = 1;

  RETURN 1;
END $$"""


def dump(*statements: str, key: str = "k1") -> str:
    text = "".join(f"--\n-- Name: x; Type: y\n--\n\n{statement};\n\n" for statement in statements)
    return f"{HEAD.format(key=key)}\n{text}\n\\unrestrict {key}\n\n"


def test_statements_stay_and_nothing_else() -> None:
    assert dump_lines(dump(PAPERS, FUNCTION)) == [FUNCTION, PAPERS]


def test_the_order_and_the_key_of_the_frame_say_nothing() -> None:
    assert dump_lines(dump(PAPERS, FUNCTION, key="a")) == dump_lines(
        dump(FUNCTION, PAPERS, key="b")
    )


def test_a_line_of_a_body_counts() -> None:
    assert dump_lines(dump(FUNCTION)) != dump_lines(dump(FUNCTION.replace("SET a", "SET b")))


def test_a_statement_that_is_there_twice_counts_twice() -> None:
    grant = "GRANT SELECT ON TABLE public.papers TO app"

    assert dump_lines(dump(grant, grant)) != dump_lines(dump(grant))


def test_the_order_of_columns_counts() -> None:
    table = "CREATE TABLE public.t (\n    {} integer,\n    {} integer\n)"

    assert dump_lines(dump(table.format("a", "b"))) != dump_lines(dump(table.format("b", "a")))


def test_a_table_keeps_its_place_and_others_do_not_get_it() -> None:
    index = "CREATE INDEX i ON public.papers USING btree (id)"
    key = "ALTER TABLE ONLY public.papers\n    ADD CONSTRAINT k PRIMARY KEY (id)"
    foreign = "ALTER TABLE ONLY public.papers\n    ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES x"
    there = "SET default_tablespace = fast"
    away = "SET default_tablespace = ''"
    method = "SET default_table_access_method = pile"

    lines = dump_lines(dump(there, method, PAPERS, index, key, foreign, FUNCTION, away, index))

    assert lines == sorted(
        [
            f"{PAPERS} TABLESPACE fast USING pile",
            f"{index} TABLESPACE fast",
            f"{key} TABLESPACE fast",
            foreign,
            FUNCTION,
            index,
        ]
    )


def test_the_owner_of_a_lent_servers_database_goes_by_one_name() -> None:
    alter = "ALTER TABLE public.papers OWNER TO {}"
    owners = ("releasegate_0123456789ab", "releasegate_ba9876543210")

    first, second = (dump_lines(dump(alter.format(name)), owner=name) for name in owners)

    assert first == second == ["ALTER TABLE public.papers OWNER TO database_owner"]
