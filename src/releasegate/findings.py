"""The one table of finding codes: what each means, how much it weighs, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from releasegate.model import Finding, Level


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding. Numbers are given once and never reused."""

    code: str
    title: str
    level: Level
    #: what to do, unless the finding itself knows better
    help: str
    #: the gate that finds it
    gate: str

    @property
    def may_be_waived(self) -> bool:
        """A migration's header may let it pass for a time, with a reason."""
        return self.code in _WAIVABLE

    @property
    def runbook(self) -> str:
        """The place in the runbooks that deals with it, from the repository's root."""
        return f"runbooks/{_PLACES.get(self.code, f'{_RUNBOOK}#{self.gate}')}"


#: the runbook that has a heading for each gate
_RUNBOOK = "apply-v1-hardening.md"
#: codes that another page deals with, ``FILE`` or ``FILE#heading``
_PLACES = {
    "RG506": "drift-found.md",
    "RG508": "drift-found.md#before-the-migration-is-applied",
    "RG509": "drift-found.md#after-it-was-applied",
    "RG510": "two-operators.md",
    "RG542": "adopt.md#what-can-stop-it",
    "RG543": "adopt.md#what-can-stop-it",
    "RG516": "drift-found.md#before-the-migration-is-applied",
    "RG517": "drift-found.md",
    "RG521": "orphans-found.md",
    "RG522": "orphans-found.md#when-rows-could-not-be-counted",
    "RG523": "orphans-found.md#when-rows-could-not-be-counted",
    **dict.fromkeys(
        ("RG561", "RG562", "RG563", "RG564", "RG565", "RG566", "RG568"), "lock-not-obtained.md"
    ),
    "RG601": "window-missed.md",
    "RG602": "window-missed.md",
}

#: codes that a header may waive: what was not decided, counted or tried, what the finding only warns
#: of or predicts, and what somebody may have meant; never what is certain to fail, what the proof stands on, or
#: what the tag and the window say
_WAIVABLE = frozenset(
    """RG205 RG206 RG207 RG209 RG212 RG213 RG215 RG216 RG217 RG218 RG220 RG221
    RG307 RG317 RG319 RG320
    RG410 RG413 RG431 RG432 RG433 RG434 RG435 RG438 RG439
    RG512 RG518 RG520 RG522 RG535 RG544 RG545 RG553 RG571 RG572 RG573 RG581 RG582
    RG590""".split()
)


def _gate(gate: str, *rows: tuple[str, Level, str, str]) -> tuple[Code, ...]:
    return tuple(Code(code, title, level, cure, gate) for code, level, title, cure in rows)


E, W, N = Level.ERROR, Level.WARNING, Level.NOTE

# One row a code, so that the table can be read as one.
# fmt: off
CODES: tuple[Code, ...] = (
    *_gate(
        "release-tag",
        ("RG101", E, "The release tag does not exist", "Cut the tag on the commit to release: git tag -a TAG -m TAG"),
        ("RG102", E, "The release tag does not name a commit", "Move the tag to a commit: git tag -f -a TAG COMMIT"),
        ("RG103", E, "The release tag is not an ancestor of HEAD", "Check out a branch that contains the tag."),
        ("RG104", E, "A file is not committed as it stands", "Commit it, or restore the committed version."),
        ("RG105", E, "There is no Git repository", "Run inside the repository that holds the migration."),
        ("RG106", E, "The repository has no commit", "Commit the migration, the baseline and the app first."),
        ("RG107", E, "A shallow clone cannot tell", "git fetch --unshallow --tags"),
        ("RG108", E, "The migration is a draft", "Take the draft mark out of header and policy in a reviewed commit."),
        ("RG109", E, "Git refuses to read the repository", "git config --global --add safe.directory PATH"),
        ("RG110", N, "HEAD is detached", "Nothing to do in CI; on a workstation, check out a branch."),
        ("RG112", E, "A Git LFS pointer stands in place of a file", "git lfs fetch --all && git lfs checkout"),
        ("RG113", E, "A submodule is not as HEAD pins it", "git submodule update --init"),
        ("RG119", W, "The configuration is not committed as it stands", "Commit it, or restore the committed version."),
        ("RG121", E, "The release tag is not signed", "Sign it: git tag -s -f TAG COMMIT, and push it again."),
        ("RG122", E, "The release tag's signature is not good", "Find out who changed the tag; fetch it again from where it was signed."),
        ("RG123", E, "The release tag is signed by somebody else", "Have one of the allowed signers sign it, or add the key in a reviewed commit."),
        ("RG124", E, "The key that signed the release tag has expired", "Sign it with a key that is valid, or renew the key in allowed-signers."),
        ("RG125", E, "The key that signed the release tag was revoked", "Find out why; sign the tag with another key."),
        ("RG126", E, "The list of allowed signers cannot be used", "Name a file outside the repository, or one that its default branch has."),
        ("RG127", E, "The release tag was moved from another name", "Sign the tag under its own name."),
        ("RG128", E, "The program that verifies signatures is missing", "apt-get install gnupg openssh-client"),
        ("RG129", E, "The release tag was moved while it was looked at", "Find out who moved it, and run again."),
        ("RG130", E, "The release tag was made again since the preflight", "Find out who made it again, and why; have a new preflight approved."),
        ("RG131", E, "The report approves nothing", "Give --preflight the JSON report of a preflight that passed."),
        ("RG132", E, "The migration is another than was approved", "Restore the approved file, or have a new preflight approved."),
        ("RG133", E, "HEAD is another than was approved", "Check out the approved commit, or have a new preflight approved."),
        ("RG134", E, "The release tag was moved since the preflight", "Find out who moved it, and why; have a new preflight approved."),
        ("RG135", E, "The target is another than was approved", "Connect to the approved one, or have a new preflight of this one approved."),
        ("RG136", E, "The plan is another than was approved", "Use the approved version, strategy and server, or have a new preflight approved."),
    ),
    *_gate(
        "app-code",
        ("RG201", E, "A write leaves a contract column out", "Send the parent's id with every insert."),
        ("RG202", E, "A contract column may be NULL", "Send a value that cannot be None, or refuse the write before."),
        ("RG203", E, "The value goes under another name", "Send it under the column's own name."),
        ("RG204", E, "The value is not the parent's id", "Send the id of the row that the key refers to."),
        ("RG205", E, "It cannot be decided what is sent", "Write the columns out at the call."),
        ("RG206", E, "No write site of a contract table was found", "Name the app's folders in [tool.releasegate.app-code] roots."),
        ("RG207", E, "A source file cannot be read", "Mend the file, or exclude it in [tool.releasegate.app-code]."),
        ("RG208", E, "The contract cannot be read", "Write the keys as plain ALTER TABLE or CREATE TABLE statements."),
        ("RG209", W, "Deleting a parent may start to fail", "Delete the children first, in the same transaction."),
        ("RG210", E, "A column is sent before it exists", "Send it in the release after the migration."),
        ("RG211", N, "A column that the migration creates is not sent yet", "Send it in the next release."),
        ("RG212", E, "There is no source to read", "Name the app's folders in [tool.releasegate.app-code] roots."),
        ("RG213", W, "A column configured as optional is not always sent", "Send it, and take it out of optional."),
        ("RG214", N, "Files were left out", "Nothing to do; they are named in the report."),
        ("RG215", W, "A key is no column of the table", "Send the column under its own name, or leave the key out."),
        ("RG216", W, "A NOT NULL column without default is not sent", "Send it, or give the column a default."),
        ("RG217", W, "A failed write is only logged", "Let the error through, or say it to whoever asked for the write."),
        ("RG218", W, "A child is written before its parent", "Write the parent first."),
        ("RG219", E, "TRUNCATE of a parent will fail", "Name the children in the same TRUNCATE, or DELETE in the right order."),
        ("RG220", W, "FOR UPDATE on a parent holds up inserts of its children", "Write FOR NO KEY UPDATE."),
        ("RG221", W, "A whole row is read of a table that changes", "Name the columns."),
        ("RG222", N, "A pragma settles what cannot be read", "Nothing to do; look at the reason when the code changes."),
        ("RG240", E, "The code that runs does not keep the contract", "Deploy a version first whose writes keep it."),
        ("RG224", E, "The app names a column that is to go", "Take it out of the app and release that first."),
        ("RG223", E, "A pragma does not hold", "Write: releasegate: sends TABLE.COLUMN -- REASON, at a write that cannot be read."),
    ),
    *_gate(
        "parse-only",
        ("RG301", E, "The file is not valid SQL", "Mend the statement."),
        ("RG302", E, "A psql meta-command", "Write plain SQL; only SQL can be checked and sent."),
        ("RG303", E, "The file is not text", "Save it as UTF-8 without NUL bytes."),
        ("RG304", E, "Transaction control inside the file", "Keep one BEGIN and one COMMIT, or none."),
        ("RG305", E, "The transaction does not end", "Put COMMIT; after the last statement."),
        ("RG306", E, "A statement cannot run in a transaction", "Write it without CONCURRENTLY, or put it in a file of its own later."),
        ("RG307", E, "A statement reaches outside the database", "Take it out; an administrator runs such things by hand."),
        ("RG308", E, "A statement changes the session", "Take it out, and write schema-qualified names."),
        ("RG309", E, "The file fails on a throwaway database", "Mend the statement at this place."),
        ("RG310", E, "An object is not what the file says", "Give it another name, or mend the statement that makes it."),
        ("RG311", N, "The file starts with a byte-order mark", "Save it as UTF-8 without BOM."),
        ("RG312", N, "The file has CRLF line ends", "Save it with LF, before it is applied anywhere."),
        ("RG313", E, "An unknown directive", "Known are: requires-tag TAG; draft; waive CODE until DATE -- REASON; identity SETTING; owner TABLE by COLUMN; owner TABLE via COLUMN."),
        ("RG314", E, "The file holds nothing to apply", "Write the statements, or remove the file."),
        ("RG315", E, "The baseline does not load", "Mend the baseline, or write a new one: pg_dump -s."),
        ("RG316", E, "A name is longer than 63 bytes", "Shorten it; PostgreSQL would cut it off."),
        ("RG317", W, "There is no baseline", "Write one (pg_dump -s) and name it as baseline in the configuration."),
        ("RG318", N, "The baseline was adapted", "Nothing to do; production has what the throwaway server lacks."),
        ("RG319", W, "The throwaway server's major version differs", "Install the target's major version beside releasegate."),
        ("RG330", E, "The throwaway server lacks an extension of the baseline", "Install a PostgreSQL of the target's major version that has it, give --scratch-url, or name it in scratch.stand-ins, which proves less."),
        ("RG332", E, "The prelude does not run", "Mend it, or vouch for it with --trust-prelude where there is no cage."),
        ("RG331", W, "An extension had only a stand-in", "Install a PostgreSQL of the target's major version that has it, or give --scratch-url: what its functions and types do was not tried."),
        ("RG320", W, "A body executes a text that cannot be read", "Write the statement out; where that cannot be, have somebody read it."),
        ("RG321", E, "A waiver does not hold", "Write: -- releasegate: waive CODE until YYYY-MM-DD -- REASON, for a code that may be waived."),
        ("RG322", E, "A waiver has expired", "Mend what it waived; or have a later date agreed on, and reviewed with its reason."),
    ),
    *_gate(
        "rehearsal",
        ("RG401", E, "A statement has no online form", "Rewrite it as the finding says, or choose --strategy as-written: the app waits."),
        ("RG402", E, "The plan does not give what the file gives", "Choose --strategy as-written, and report the difference."),
        ("RG403", E, "A second run changes something", "Write the file so that a second run finds everything done."),
        ("RG404", E, "A run that was cut off does not converge", "Choose --strategy as-written."),
        ("RG405", E, "The undo does not give the baseline back", "Write the undo down by hand before the window."),
        ("RG406", E, "A statement of the app fails during the migration", "Change the app first, or the migration."),
        ("RG407", E, "File and plan treat rows differently", "Choose --strategy as-written."),
        ("RG408", E, "A step takes more than was planned", "Choose --strategy as-written: the app waits."),
        ("RG409", E, "A step fails on the throwaway server", "Mend the statement, or choose --strategy as-written."),
        ("RG410", W, "The rehearsal's server has another major version", "Install the target's major version beside releasegate."),
        ("RG411", N, "Not everything can be undone", "Nothing to do; the plan names what stays."),
        ("RG412", N, "A proof was not complete", "Nothing to do; the report names what was left out."),
        ("RG413", W, "The live schema could not be rehearsed", "Give the role the right to read the schema, or a --scratch-url that has what it needs."),
        ("RG430", E, "A policy does other than its header declares", "Mend the policy, or the owner lines of the header."),
        ("RG431", E, "Owners are not declared so that rows can be told apart", "Write: -- releasegate: owner TABLE by COLUMN, or via COLUMN; and: identity SETTING."),
        ("RG432", E, "Policies could not be tried", "Give a throwaway server on which roles can be made, and tables that take rows."),
        ("RG433", W, "A part of a policy makes no difference", "Take it out, or find out what it was meant to keep."),
        ("RG434", E, "Something reads past row security", "Give the view security_invoker, or take the right to use it away."),
        ("RG435", W, "A policy reads more than it needs", "Index the column that the policy compares."),
        ("RG436", E, "A draft switches row security on", "Take ENABLE ROW LEVEL SECURITY out: that is a migration of its own."),
        ("RG437", E, "Policies give an owner other answers", "Let the statement say for whom it works, or mend the policy."),
        ("RG438", E, "A policy looks at more than the declared identity", "Take it out: a role that may see everything has BYPASSRLS."),
        ("RG439", W, "Policies are held against nothing", "Write: -- releasegate: owner TABLE by COLUMN, or via COLUMN; and: identity SETTING."),
    ),
    *_gate(
        "live-database",
        ("RG501", E, "The target cannot be reached", "Check address, role, password and database name."),
        ("RG502", E, "A pooler stands before the target", "Connect to the server itself."),
        ("RG503", E, "The target is a standby", "Connect to the primary."),
        ("RG504", E, "The target is read-only", "Find out who set default_transaction_read_only, and why."),
        ("RG505", E, "The server's version is not supported", "PostgreSQL 15 to 18 are supported."),
        ("RG506", E, "A table is missing", "Check that this is the right database."),
        ("RG507", E, "Another file was applied under this number", "Restore the applied file; give the change a new number."),
        ("RG508", E, "An object exists that no run made", "Find out who made it; drop it, or correct the baseline."),
        ("RG509", E, "What was applied has changed since", "Restore the object, or write a migration that says so."),
        ("RG510", E, "Another run is at work", "Wait for it to end, then run again."),
        ("RG511", E, "The ledger cannot be read", "Grant USAGE on schema releasegate and SELECT on its tables."),
        ("RG512", W, "The role is a superuser", "Apply with the role that owns the tables."),
        ("RG513", E, "An earlier migration is not in the ledger", "Apply it first: releasegate apply --window WINDOW NUMBER; or, where it was applied by other means: releasegate adopt NUMBER"),
        ("RG514", E, "The role lacks a right", "Run the GRANT below as an administrator."),
        ("RG515", E, "The migration was begun by another plan", "Finish it with the strategy and the version of releasegate that began it."),
        ("RG516", E, "The live schema is not the baseline", "Find out who changed it; correct the database, or write a new baseline: pg_dump -s."),
        ("RG517", N, "The live schema differs where it cannot matter", "Nothing to do."),
        ("RG518", W, "A setting of the role or the database would bite", "ALTER ROLE ... RESET, or make sure that it is meant."),
        ("RG519", E, "The role could not log in", "Mend the role as the finding says, before the window."),
        ("RG520", E, "Logical replication carries a touched table", "Change the other side first, or stop the subscription for the window."),
        ("RG521", E, "Rows break what the migration demands", "Mend them, put them aside, or correct the migration."),
        ("RG522", E, "Rows were not counted", "Give more time (--data-timeout), a --replica-url, or the right to read."),
        ("RG523", E, "Row-level security hides rows", "Apply as a role with BYPASSRLS, or take FORCE off for the window."),
        ("RG532", E, "The target is a template database", "Connect to the database itself."),
        ("RG533", E, "A table's owner lacks a right that a key needs", "Run the GRANT below as an administrator."),
        ("RG534", E, "The database cannot hold a character of the file", "Write the file in characters that its encoding has."),
        ("RG535", W, "An event trigger runs at the migration's commands", "Read what it does; put it into the baseline."),
        ("RG536", N, "The role may not lock a table", "Nothing to do; UPDATE on the table would let it."),
        ("RG540", E, "A later migration stands", "Roll it back first."),
        ("RG541", W, "A later number was applied first", "Nothing to do, if the file was meant to come later; else give it a number behind those that are applied."),
        ("RG542", E, "The target does not hold what the file makes", "Find out what was applied; write the file as it was, or correct the database."),
        ("RG543", W, "Not all that the file does can be compared", "Look at it by hand before it is adopted."),
        ("RG544", W, "A step does more than an undo takes back", "Take the rest back by a migration of its own."),
        ("RG545", E, "A step would change rows a second time", "Write what is missing as a new migration; or waive it where a second time does no harm."),
        ("RG551", E, "The ledger is not what its journal says", "Find out who changed it; restore it, or have an administrator take it over: releasegate init-ledger --adopt"),
        ("RG552", E, "A publication carries the ledger", "Publish tables by name; or make the ledger on each subscriber (releasegate init-ledger --sql) and set policy.publish-ledger."),
        ("RG553", W, "The ledger was recorded elsewhere", "Make sure that this copy is the target that is meant: releasegate apply --target NAME"),
        ("RG554", E, "The target is not the named one", "Connect to the right one, or mend [targets] in a reviewed commit."),
        ("RG555", W, "The way to the target is not proven", "sslmode=verify-full, with sslrootcert=FILE, or sslrootcert=system where a public authority signed the certificate."),
        ("RG556", W, "A pooler in session mode stands before the target", "Connect to the server itself, where it can be reached."),
        ("RG561", W, "A transaction holds what a step needs", "End it, if nobody needs it, or wait: the executor waits outside the queue until the window closes."),
        ("RG562", W, "An old snapshot holds up an index build", "End its transaction, if nobody needs it, or wait."),
        ("RG563", E, "A prepared transaction holds what a step needs", "ROLLBACK PREPARED, or COMMIT PREPARED, as its coordinator says: it never ends by itself."),
        ("RG564", W, "Maintenance is at work on a touched table", "Let it end."),
        ("RG565", W, "A vacuum that gives way to nobody is due", "VACUUM (FREEZE) the table before the window."),
        ("RG566", W, "A replica would feel a step", "Give it as --replica-url: apply then waits until nobody reads there, and until it has caught up."),
        ("RG567", W, "A replication slot keeps the log", "Have its consumer catch up before the window."),
        ("RG568", E, "The schema could not be read", "See who holds the table, and let it end; then look again."),
        ("RG569", E, "No standby confirms commits", "See to the standby, or take it out of synchronous_standby_names."),
        ("RG570", E, "Row security is on, though its policies are a draft", "Find out who enabled it, and disable it."),
        ("RG571", W, "Rows have no owner", "Give them an owner before row security is enabled, or nobody sees them."),
        ("RG572", E, "Something on the target reads past row security", "Give the view security_invoker, or take the right to use it away."),
        ("RG573", W, "Rows refer to a parent of another owner", "Decide whose they are before row security is enabled: no policy would let them be changed."),
        ("RG580", N, "A delete takes rows along", "Make sure that losing so many rows by one delete is meant; else write ON DELETE RESTRICT."),
        ("RG581", W, "A statement that runs leaves a contract column out", "Find who sends it, by role and queryid in pg_stat_statements, and release a version that sends the column."),
        ("RG582", W, "New rows have no value in a contract column", "Find the writer that leaves it out: an old release, a job, a script; stop it, or release one that sends it."),
        ("RG583", N, "Children are older than their parents", "Make sure that the parent is committed first: with the key in place the child would be refused."),
        ("RG584", N, "Applications are connected", "Nothing to do; make sure that each of them is known to keep the contract."),
        ("RG585", N, "Not every statement of the app could be read", "GRANT pg_read_all_stats to the role that looks, or preload pg_stat_statements."),
        ("RG586", N, "Rows were counted before, and not again", "Nothing to do; to have them counted again, ask without --preflight."),
        ("RG590", E, "The steps do not fit the window", "Agree on a longer window, on a quieter hour, or divide the migration."),
        ("RG591", E, "The disk has too little room", "Make room; or say what is free: --free-bytes."),
        ("RG592", N, "The length of a step is not predicted", "Rehearse it on a copy with as many rows."),
    ),
    *_gate(
        "window",
        ("RG601", E, "The window is not open yet", "Run again once it is open, or with --wait."),
        ("RG602", E, "The window is closed", "Agree on a new window and run again."),
        ("RG603", N, "A clock change touches the window", "Nothing to do; look at both ends by the clock on the wall and in UTC."),
        ("RG604", E, "The window lies in a freeze", "Agree on a window outside, or end the freeze in a reviewed commit."),
        ("RG605", E, "What was judged has changed during the wait", "Run again: every gate is asked anew."),
    ),
)
# fmt: on

_BY_CODE = {row.code: row for row in CODES}


def lookup(code: str) -> Code | None:
    """Find a code's row; case does not matter."""
    return _BY_CODE.get(code.upper())


def make(code: str, message: str, *, level: Level | None = None, **rest: Any) -> Finding:
    """Make a finding; ``rest`` are other fields of it, such as help, path, line and column.

    Raises:
        KeyError: the code is not in the table.
    """
    row = _BY_CODE[code]
    rest.setdefault("help", row.help)
    rest.setdefault("may_be_waived", row.may_be_waived)
    return Finding(code, level or row.level, message, **rest)
