"""Reports for the tests of their formats: a night that went wrong, and a hostile repository."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from releasegate import findings
from releasegate.model import (
    Blocker,
    CatalogObject,
    Directives,
    GateResult,
    GateStatus,
    Latency,
    Level,
    Lock,
    Migration,
    Moment,
    ObjectState,
    Outcome,
    OutcomeStatus,
    Plan,
    Prediction,
    Relation,
    Release,
    Report,
    Step,
    Target,
    Undo,
    Verdict,
    Waiver,
    Window,
)

OPENS = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(minutes=30)
SHA256 = "ab" * 32
PATH = "db/migrations/001_init.sql"


def at(seconds: float) -> datetime:
    return OPENS + timedelta(seconds=seconds)


HOLDER = Blocker(
    4711, "app", "papers", "idle in transaction", 12.5, "public.runs", "ROW EXCLUSIVE", "5/77"
)
ADD = Step(
    1,
    "add column runs.plan_id",
    ("ALTER TABLE public.runs ADD COLUMN plan_id uuid",),
    True,
    (Lock(Relation("public", "runs"), "ACCESS EXCLUSIVE"),),
    (Undo(CatalogObject("column", "public", "plan_id", "runs"), "ALTER TABLE …", loses_data=True),),
    (),
)
INDEX = Step(
    2,
    "build index idx_runs_plan_id",
    ("CREATE INDEX CONCURRENTLY idx_runs_plan_id ON public.runs (plan_id)",),
    False,
    (Lock(Relation("public", "runs"), "SHARE UPDATE EXCLUSIVE"),),
    (Undo(CatalogObject("index", "public", "idx"), "DROP INDEX CONCURRENTLY …"),),
    (),
)
KEY = replace(
    ADD,
    ordinal=3,
    title="add key runs_plan_id_fk, for new rows",
    sql=("ALTER TABLE public.runs ADD CONSTRAINT runs_plan_id_fk … NOT VALID",),
    undo=(),
    is_reversible=False,
)
BAD_WRITE = findings.make(
    "RG201",
    "This insert of runs leaves out runs.plan_id.",
    help="Add plan_id with the value of plans.id.",
    path="app/store.py",
    line=12,
)
BARE = Report(
    command="preflight",
    tool_version="0.1.0",
    run_id="12345678-1234-4234-8234-123456789abc",
    started_at=OPENS,
    finished_at=at(20),
    exit_code=0,
    verdict=Verdict.PASSED,
    summary="Every gate that was asked passed.",
)
#: an apply that got its first step in after a while, and the third one not at all
STOPPED = replace(
    BARE,
    command="apply",
    exit_code=3,
    verdict=Verdict.STOPPED,
    summary="The window closed. Run the same command again to go on.",
    migration=Migration(PATH, 1, SHA256, b"", Directives(), draft=False),
    commit="cd" * 20,
    release=Release("v0", "cd" * 20),
    target=Target("app", "db.example.org", "papers", "18.6", "7000000000000000000"),
    window=Window(OPENS, CLOSES),
    gates=(
        GateResult(
            "release-tag",
            "Is the release cut?",
            GateStatus.PASSED,
            duration_s=0.01,
            findings=(findings.make("RG110", "HEAD is detached."),),
        ),
        GateResult("app-code", "Does the app send it?", GateStatus.PASSED, duration_s=0.2),
        GateResult(
            "rehearsal",
            "Is the plan equal to the file?",
            GateStatus.PASSED,
            duration_s=1.2,
            evidence={"proofs": ["86 objects agree with the file's"]},
        ),
    ),
    plan=Plan("online", SHA256, (ADD, INDEX, KEY)),
    outcomes=(
        Outcome(1, OutcomeStatus.APPLIED, 3, 4.2, 0.05),
        Outcome(2, OutcomeStatus.APPLIED, 1, 9.0, 0.0),
        Outcome(3, OutcomeStatus.FAILED, 7, 5.0, 0.4, "55P03", "The window closed."),
    ),
    timeline=(
        Moment(at(1), "step.started", 1),
        Moment(at(1), "lock.awaited", 1, 3, at(3), held_by=(HOLDER,)),
        Moment(at(3.1), "lock.refused", 1, 40, at(4), sqlstate="55P03", held_by=(HOLDER,)),
        Moment(at(5.2), "step.finished", 1, status="applied"),
        Moment(at(5.2), "step.started", 2),
        Moment(at(14.2), "step.finished", 2, status="applied"),
        Moment(at(14.2), "step.started", 3),
        Moment(at(15), "lock.refused", 3, 2, at(18), sqlstate="55P03", waited_ms=250),
        Moment(at(18.5), "connection.lost", 3),
        Moment(at(18.9), "connection.restored", 3),
        Moment(at(19.2), "step.finished", 3, status="failed", sqlstate="55P03"),
    ),
    predictions={2: Prediction(6.0, 12.0), 3: Prediction(0.01, 0.1)},
    latency=tuple(Latency(at(n), 3.0 + (n % 7) * 1.5) for n in range(20)),
    ledger_head="ef" * 32,
)
#: a preflight that an app's write blocks
BLOCKED = replace(
    BARE,
    exit_code=1,
    verdict=Verdict.BLOCKED,
    summary="Blocked by app-code. Not asked: live-database, window.",
    migration=STOPPED.migration,
    release=Release("v0", None),
    gates=(
        GateResult(
            "app-code",
            "Does the app send what the keys demand?",
            GateStatus.BLOCKED,
            duration_s=0.2,
            findings=(
                BAD_WRITE,
                findings.make("RG217", "The error is only logged.", path="app/a b.py", line=3),
            ),
            evidence={
                "excerpts": [
                    {
                        "path": "app/store.py",
                        "line": 12,
                        "text": "    cursor.execute('INSERT INTO runs (status) VALUES (%s)')",
                        "column": 33,
                        "length": 4,
                    }
                ]
            },
        ),
        GateResult("parse-only", "Is it SQL?", GateStatus.ERRORED, reason="no server to be had"),
        GateResult("live-database", "Is it?", GateStatus.NOT_ASKED, reason="no target was given"),
        GateResult("window", "Is it open?", GateStatus.NOT_ASKED, reason="apply asks it"),
    ),
)
WAIVER = Waiver("RG522", "the replica counted them", date(2027, 1, 31), 2)
#: a preflight that would have been blocked without its waiver
WAIVED = replace(
    BARE,
    migration=STOPPED.migration,
    waivers=(WAIVER,),
    gates=(
        GateResult(
            "live-database",
            "Is the target what the plan expects?",
            GateStatus.PASSED,
            findings=(
                replace(
                    findings.make("RG522", "public.runs was not counted."),
                    level=Level.NOTE,
                    waiver=WAIVER,
                ),
            ),
        ),
    ),
)
#: a rollback that left a column with values in it
ROLLED_BACK = replace(
    STOPPED,
    command="rollback",
    exit_code=0,
    verdict=Verdict.ROLLED_BACK,
    summary="001_init.sql is rolled back. 1 column stays: see below.",
    objects=(
        ObjectState("index public.idx_runs_plan_id", "gone"),
        ObjectState("column public.runs.plan_id", "stays", "rows have values in it"),
    ),
)
EVIL = (
    "x\n::error::injected\r\n##[error]injected\x1b[2J\u202e ``` @everyone #1 "
    "<script>alert(1)</script> ]]> --> {{ 7*7 }} [link](javascript:alert(1)) ![i](//evil.example)"
    " | %0A\n```\n@everyone <b>injected</b>\n````\n,line=99,title=injected ` <i>injected</i> `"
)
#: every text that comes from outside is hostile
HOSTILE = replace(
    BLOCKED,
    summary=EVIL,
    migration=replace(STOPPED.migration, path=EVIL),  # type: ignore[type-var]
    release=Release(EVIL, None),
    waivers=(replace(WAIVER, reason=EVIL),),
    target=Target(EVIL, EVIL, EVIL, EVIL, EVIL),
    gates=(
        GateResult(
            "app-code",
            "Does the app send it?",
            GateStatus.BLOCKED,
            findings=(
                replace(BAD_WRITE, message=EVIL, help=EVIL, path=EVIL),
                replace(BAD_WRITE, level=Level.NOTE, waiver=replace(WAIVER, reason=EVIL)),
            ),
            evidence={
                "excerpts": [{"path": EVIL, "line": 12, "text": EVIL, "column": 1, "length": 4}],
                "proofs": [EVIL],
            },
        ),
        GateResult("parse-only", "Is it SQL?", GateStatus.ERRORED, reason=EVIL),
    ),
    plan=Plan("online", SHA256, (replace(ADD, title=EVIL, sql=(EVIL,)),)),
    outcomes=(Outcome(1, OutcomeStatus.FAILED, message=EVIL),),
    objects=(ObjectState(EVIL, "stays", EVIL),),
    timeline=(
        Moment(
            at(1), "lock.refused", 1, held_by=(replace(HOLDER, application=EVIL, relation=EVIL),)
        ),
    ),
)
ALL = {
    "bare": BARE,
    "stopped": STOPPED,
    "blocked": BLOCKED,
    "waived": WAIVED,
    "rolled back": ROLLED_BACK,
    "hostile": HOSTILE,
}
