"""A file that nobody applied by releasegate -> whether the target holds all that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import catalog, facts, findings, ledger, migrations
from releasegate.baseline import BaselineError
from releasegate.gates import Answer, Gate, GateInputs, NotAsked, parse_only
from releasegate.gates.ground import run, snapshot
from releasegate.gates.live_database import bookkeeping, describe_holder, place
from releasegate.gates.live_database.scope import scope
from releasegate.model import Finding, Level
from releasegate.statements.effects import effects
from releasegate.statements.parser import SqlError, parse
from releasegate.statements.refusals import body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.catalog import Snapshot
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import CatalogObject, Effect, Migration

    Held = Mapping[CatalogObject, str]

#: of what is asked of the place, what makes it the wrong one or no place to write to
_PLACE = frozenset({"RG502", "RG503", "RG504", "RG505", "RG532", "RG555"})
_SHOWN = 20


def live_database(later: Sequence[Migration]) -> Gate:
    """Make the gate; the ``later`` files may have changed what the file makes."""

    def ask(inputs: GateInputs) -> Answer:
        return _ask(inputs, later)

    return Gate("live-database", "Does the target hold what the file makes?", ask)


def _ask(inputs: GateInputs, later: Sequence[Migration]) -> Answer:
    if inputs.live is None:
        raise NotAsked("no database was given")
    if isinstance(inputs.live, Finding):
        return Answer((inputs.live,))
    if any(finding.level is Level.ERROR for finding in parse_only.read(inputs)):
        raise NotAsked("the file may not be applied: see parse-only")
    asked = scope(inputs, inputs.live, ledger.read(inputs.live.connection))
    found = [f for f in place.asked(asked) if f.code in _PLACE]
    found += [*bookkeeping.asked(asked), *_agrees(asked)]
    try:
        states = _States(inputs, later)
    except BaselineError as error:
        raise NotAsked("the file does not run on the baseline: see parse-only") from error
    held = catalog.snapshot(asked.connection)
    name, wanted = states.best(held)
    lines = different(wanted, held)
    found += [_differs(line, inputs) for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        found.append(_differs(f"{len(lines) - _SHOWN} more objects differ", inputs))
    if states.beyond or not wanted:
        found.append(_beyond(states.beyond, inputs))
    evidence = {
        "as_after": name,
        "objects": wanted,
        "not_compared": sorted(map(str, states.beyond)),
    }
    return Answer(tuple(found), evidence)


def different(wanted: Mapping[str, str | None], held: Held) -> list[str]:
    """Say object by object in what a database differs from what is wanted of it."""
    now = {str(thing): text for thing, text in held.items()}
    return catalog.difference(wanted, {name: now.get(name) for name in wanted})


class _States:
    """What the file's objects are after it, and after each of the files behind it."""

    def __init__(self, inputs: GateInputs, later: Sequence[Migration]) -> None:
        self._ground = inputs.ground
        self._files = [inputs.migration]
        self._later = list(later)
        before, self._first = self._ground.held, self._after()
        changed = {t for t in {*before, *self._first} if before.get(t) != self._first.get(t)}
        things = catalog.things(changed)
        #: what it changes beside objects: rights, owners, comments
        self.beyond = frozenset(changed - things)
        self._things = {*things, *(effect.object for effect in _promised(inputs.migration))}

    def best(self, held: Held) -> tuple[str, dict[str, str | None]]:
        """Find the state that a database is in; where it is in none, the one after the file."""
        state: Snapshot | None = self._first
        while state is not None:
            wanted = self._of(state)
            if not different(wanted, held):
                return self._files[-1].name, wanted
            state = self._next()
        return self._files[0].name, self._of(self._first)

    def _of(self, state: Snapshot) -> dict[str, str | None]:
        # A major version of its own shows NOT NULL as a constraint; the column tells it too.
        wanted = {str(thing): state.get(thing) for thing in sorted(self._things)}
        return {n: text for n, text in wanted.items() if not (text or "").startswith("NOT NULL ")}

    def _next(self) -> Snapshot | None:
        """Go one file on; None where there is none, or it does not run."""
        if not self._later:
            return None
        self._files.append(self._later.pop(0))
        try:
            return self._after()
        except (BaselineError, SqlError):
            self._later.clear()
            return None

    def _after(self) -> Snapshot:
        with self._ground.copy() as made:
            for file in self._files:
                run(file, made)
            return snapshot(made)


def _promised(migration: Migration) -> Iterator[Effect]:
    yield from effects(body(parse(migrations.text(migration))))


def _agrees(asked: Scope) -> Iterator[Finding]:
    """Ask whether the ledger has this number already, and all that come before it."""
    migration, known = asked.inputs.migration, asked.ledger
    entry = known.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        message = f"{entry.path} is in the ledger as {entry.sha256[:12]}; the file is another."
        yield findings.make("RG507", message, path=migration.path)
    elif known.stands(migration.number) and not (entry is not None and entry.is_complete):
        message = "A run has begun it and not ended: it is no file from before."
        help_ = f"releasegate apply --window WINDOW {migration.number:03}"
        yield findings.make("RG515", message, path=migration.path, help=help_)
    for earlier in asked.inputs.earlier:
        if earlier.number not in known.entries:
            message = f"{earlier.name} comes before it, and is not in the ledger."
            help_ = f"releasegate adopt {earlier.number:03}"
            yield findings.make("RG513", message, path=earlier.path, help=help_)
    holder = facts.advisory_holder(asked.connection)
    if holder is not None:
        yield findings.make("RG510", describe_holder(holder, asked.live))


def _differs(line: str, inputs: GateInputs) -> Finding:
    return findings.make("RG542", f"{line}.", path=inputs.migration.path)


def _beyond(things: frozenset[CatalogObject], inputs: GateInputs) -> Finding:
    listed = ", ".join(sorted(map(str, things))[:_SHOWN])
    what = f"These were not compared: {listed}." if things else "It leaves no object to compare."
    return findings.make("RG543", what, path=inputs.migration.path)
