"""What steps do with rows, what that costs, and whether it fits: the arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from releasegate.facts import Column, Size
from releasegate.forecast import fit, predicted
from releasegate.forecast.costs import Cost, Costs, index_bytes
from releasegate.forecast.pace import Pace
from releasegate.forecast.work import BUILD, JOIN, REWRITE, SCAN, UNKNOWN, Work, works
from releasegate.gates.live_database.room import amount
from releasegate.model import Lock, Plan, Prediction, Relation, Step
from releasegate.plan import number
from releasegate.rewrite import Draft
from releasegate.statements.reach import Reach

PARENTS, CHILDREN = Relation("public", "parents"), Relation("public", "children")
#: a million rows as the benchmark's run_events are
MILLION = Size(
    rows=1e6,
    pages=14_286,
    table_bytes=117 << 20,
    index_bytes=22 << 20,
    columns={
        "id": Column(8, 0, -1),
        "seq": Column(8, 0, -1),
        "run_id": Column(16, 0, 20_000),
        "type": Column(12, 0, 1),
        "nothing": Column(4, 1, None),
    },
    place="public.children",
    place_pages=14_286,
)
PACE = Pace(
    round_trip_s=0.0001,
    row_s=170e-9,
    read_page_s=2e-6,
    read_rows=70,
    memory_bytes=64 << 20,
    workers=2,
    least_pages=1024,
)


STEP = Step(1, "", (), True, (), (), ())


def plan(*steps: tuple[str, ...]) -> Plan:
    return Plan("online", "", tuple(number([Draft("", sql) for sql in steps], Reach())))


def kinds(*steps: tuple[str, ...]) -> list[list[str]]:
    return [[work.kind for work in found] for found in works(plan(*steps), {}).values()]


# -- what steps do


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE children ADD COLUMN a int", []),
        ("ALTER TABLE children ADD COLUMN a int DEFAULT 7", []),
        ("ALTER TABLE children ADD COLUMN a uuid DEFAULT gen_random_uuid()", [REWRITE]),
        ("ALTER TABLE children ADD COLUMN a bigserial", [REWRITE]),
        ("ALTER TABLE children ADD COLUMN a int REFERENCES parents", [JOIN]),
        ("ALTER TABLE children ADD FOREIGN KEY (a) REFERENCES parents", [JOIN]),
        ("ALTER TABLE children ADD CONSTRAINT c CHECK (a > 0)", [SCAN]),
        ("ALTER TABLE children ADD PRIMARY KEY (a)", [BUILD]),
        ("ALTER TABLE children ADD CONSTRAINT c UNIQUE USING INDEX i", []),
        ("ALTER TABLE children ALTER a SET NOT NULL", [SCAN]),
        ("ALTER TABLE children ALTER a TYPE bigint", [REWRITE]),
        ("ALTER TABLE children RENAME TO young", []),
        ("CREATE INDEX CONCURRENTLY i ON children (a)", [BUILD]),
        ("CREATE INDEX i ON children (a) WHERE a > 0", [SCAN, BUILD]),
        ("REINDEX TABLE CONCURRENTLY children", [REWRITE]),
        ("VACUUM FULL children", [REWRITE]),
        ("INSERT INTO versions VALUES (1)", []),
        ("INSERT INTO children SELECT * FROM parents", [UNKNOWN]),
        ("UPDATE children SET a = 1", [UNKNOWN]),
        ("DO $$ BEGIN END $$", [UNKNOWN]),
    ],
)
def test_work_is_read_off_the_statement(sql: str, expected: list[str]) -> None:
    assert kinds((sql,)) == [expected]


def test_an_expression_over_one_column_stands_for_it() -> None:
    sql = "CREATE INDEX i ON children (lower(a), (b || c), d) INCLUDE (e)"

    ((work,),) = works(plan((sql,)), {}).values()

    assert work.columns == ("a", None, "d", "e")


def test_validate_takes_what_the_constraint_says_that_it_proves() -> None:
    key = "ALTER TABLE children ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES parents NOT VALID"

    found = works(plan((key,), ("ALTER TABLE children VALIDATE CONSTRAINT k",)), {})

    assert found == {1: (), 2: (Work(JOIN, CHILDREN, ("a",), PARENTS),)}


def test_not_null_that_a_check_has_proven_reads_nothing() -> None:
    check = "ALTER TABLE children ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID"
    proof = "ALTER TABLE children VALIDATE CONSTRAINT c"
    last = "ALTER TABLE children ALTER a SET NOT NULL"

    assert kinds((check,), (proof,), (last, "ALTER TABLE children DROP CONSTRAINT c")) == [
        [],
        [SCAN],
        [],
    ]
    assert kinds((check,), (last,)) == [[], [SCAN]]


def test_a_table_is_known_under_the_name_that_it_had() -> None:
    found = works(plan(("ALTER TABLE children RENAME TO young",), ("VACUUM young",)), {})

    assert found[2] == (Work(SCAN, CHILDREN),)


# -- what that costs


@pytest.mark.parametrize(
    ("columns", "measured_mb"),
    [
        (("seq",), 22.49),
        (("run_id", "seq"), 40.63),
        (("run_id",), 7.51),
        (("type",), 7.07),
        (("nothing",), 7.07),
    ],
)
def test_an_index_is_as_large_as_one_that_was_built(
    columns: tuple[str, ...], measured_mb: float
) -> None:
    _, told = index_bytes(MILLION, Work(BUILD, CHILDREN, columns))

    assert told / 1e6 == pytest.approx(measured_mb, rel=0.05)


def test_a_unique_index_lists_every_row() -> None:
    work = Work(BUILD, CHILDREN, ("run_id",))

    assert (
        index_bytes(MILLION, replace(work, is_unique=True))[1] > 3 * index_bytes(MILLION, work)[1]
    )


def test_a_sort_that_memory_does_not_hold_needs_the_disk_meanwhile() -> None:
    work = Work(BUILD, CHILDREN, ("run_id", "seq"))
    small = replace(PACE, memory_bytes=16 << 20)

    assert Costs({CHILDREN: MILLION}, small).of(work).bytes_meanwhile > 30e6
    assert Costs({CHILDREN: MILLION}, PACE).of(work).bytes_meanwhile == 0


def test_rows_that_refer_to_nobody_are_not_looked_up() -> None:
    costs = Costs({CHILDREN: MILLION, PARENTS: MILLION}, PACE)

    nobody = costs.of(Work(JOIN, CHILDREN, ("nothing",), PARENTS)).seconds
    somebody = costs.of(Work(JOIN, CHILDREN, ("run_id",), PARENTS)).seconds

    assert nobody is not None
    assert somebody is not None
    assert nobody < somebody / 3


def test_a_sort_of_rows_that_lie_in_order_or_are_equal_is_quick() -> None:
    ordered = replace(MILLION, columns={**MILLION.columns, "seq": Column(8, 0, -1, 1.0)})
    work = Work(BUILD, CHILDREN, ("seq",))

    quick, slow = (Costs({CHILDREN: size}, PACE).of(work).seconds for size in (ordered, MILLION))

    assert quick is not None
    assert slow is not None
    assert quick < slow / 1.5


def test_texts_in_a_languages_order_take_longer_to_sort() -> None:
    word = Column(12, 0, -1)
    work = Work(BUILD, CHILDREN, ("word",))
    bytewise, collated = (
        Costs({CHILDREN: replace(MILLION, columns={"word": column})}, PACE).of(work).seconds
        for column in (word, replace(word, is_collated=True))
    )

    assert bytewise is not None
    assert collated is not None
    assert collated > 2 * bytewise


def test_a_table_that_is_yet_to_be_made_costs_nothing() -> None:
    assert Costs({}, PACE).of(Work(BUILD, CHILDREN, ("a",))).seconds == 0


def test_a_slower_disk_and_a_slower_processor_take_longer() -> None:
    work = Work(SCAN, CHILDREN)
    paces = (PACE, replace(PACE, row_s=PACE.row_s * 2), replace(PACE, read_page_s=1e-4))

    quick, busy, distant = (Costs({CHILDREN: MILLION}, pace).of(work).seconds for pace in paces)

    assert quick is not None
    assert busy is not None
    assert distant is not None
    assert quick < busy < distant


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.1, 3.0, 5000.0])
def test_no_range_is_wider_than_three_times_its_lower_end(seconds: float) -> None:
    for trip_s in (0.0, 0.0001, 0.02):
        told = predicted(
            STEP, [(Work(SCAN, CHILDREN), Cost(seconds))], replace(PACE, round_trip_s=trip_s)
        )

        assert told is not None
        assert told.low <= seconds + 0.02 + 20 * trip_s
        assert told.high >= seconds
        assert told.high <= told.low * 3.1


def test_what_may_turn_out_to_be_nothing_has_a_range_from_nothing() -> None:
    certain, perhaps = (
        predicted(STEP, [(Work(SCAN, CHILDREN, is_certain=is_certain), Cost(60.0))], PACE)
        for is_certain in (True, False)
    )

    assert certain is not None
    assert perhaps is not None
    assert perhaps.high == certain.high
    assert perhaps.low < 1 < certain.low


# -- whether it fits

SHARE = Lock(CHILDREN, "SHARE UPDATE EXCLUSIVE")
STRONG = Lock(CHILDREN, "ACCESS EXCLUSIVE")
MINUTE = timedelta(minutes=1)


def steps(*locks: Lock) -> tuple[Step, ...]:
    return tuple(Step(n, "", (), True, (lock,), (), ()) for n, lock in enumerate(locks, 1))


def minutes(*pairs: tuple[float, float]) -> dict[int, Prediction]:
    return {n: Prediction(low * 60, high * 60) for n, (low, high) in enumerate(pairs, 1)}


@pytest.mark.parametrize(
    ("locks", "told", "grace", "is_too_long", "may_be"),
    [
        ((SHARE, SHARE), ((10, 20), (5, 9)), 0, False, False),
        ((SHARE, SHARE), ((10, 20), (5, 11)), 0, False, True),
        ((SHARE, SHARE), ((20, 50), (15, 40)), 0, True, True),
        # The last one may go on after the close, the first one may not have the second begin then.
        ((SHARE, SHARE), ((20, 50), (15, 40)), 10, False, True),
        ((SHARE, SHARE), ((31, 50), (1, 2)), 10, True, True),
        ((SHARE, STRONG), ((20, 50), (15, 40)), 10, True, True),
    ],
)
def test_steps_are_laid_one_after_another_into_the_window(
    locks: tuple[Lock, ...],
    told: tuple[tuple[float, float], ...],
    grace: int,
    *,
    is_too_long: bool,
    may_be: bool,
) -> None:
    found = fit(steps(*locks), minutes(*told), left=30 * MINUTE, grace=grace * MINUTE)

    assert (found.is_too_long, found.may_be_too_long) == (is_too_long, may_be)


def test_the_arithmetic_names_the_longest_steps_and_sums_the_others_up() -> None:
    told = minutes((0.05, 0.1), (20, 50), (18, 40), (1, 2), (1, 3), (0.05, 0.1))

    found = fit(steps(*[SHARE] * 6), told, left=30 * MINUTE, grace=MINUTE)

    assert found.words == (
        "The steps need 40 to 95 min, the window has 30 min: step 2: 20 to 50 min, "
        "step 3: 18 to 40 min, step 4: 1 to 2 min, step 5: 1 to 3 min, the other 2: 6 to 12 s."
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.005, 0.0154, "5 to 15 ms"),
        (0.4, 1.2, "0.4 to 1.2 s"),
        (41 * 60, 95 * 60, "41 to 95 min"),
        (4.1 * 3600, 9.5 * 3600, "4.1 to 9.5 h"),
        (1800, 1800, "30 min"),
        (0, 0, "0 ms"),
    ],
)
def test_a_range_is_written_in_the_unit_of_its_longer_end(
    low: float, high: float, words: str
) -> None:
    assert str(Prediction(low, high)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1_340_000_000, "1.34 GB"),
        (10**15, "1000 TB"),
    ],
)
def test_bytes_are_written_in_the_unit_that_suits_them(count: int, words: str) -> None:
    assert amount(count) == words
