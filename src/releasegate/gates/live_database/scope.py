"""Gate inputs -> what the questions are about: the plan's statements, its tables, its role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate import catalog, database, facts, ledger
from releasegate.baseline import BaselineError
from releasegate.gates import LiveTarget, NotAsked
from releasegate.model import Plan, Relation
from releasegate.statements.contract import foreign_keys
from releasegate.statements.effects import effects
from releasegate.statements.locks import ROW_EXCLUSIVE, locks, required_tables
from releasegate.statements.parser import Statement, parse
from releasegate.statements.refusals import body

if TYPE_CHECKING:
    from releasegate.catalog import Snapshot
    from releasegate.database import Connection
    from releasegate.gates import GateInputs
    from releasegate.ledger import Ledger
    from releasegate.model import Effect, ForeignKey, Step


@dataclass(frozen=True)
class Scope:
    """What is asked about; everything in it is worked out once."""

    inputs: GateInputs
    live: LiveTarget

    @property
    def connection(self) -> Connection:
        return self.live.connection

    @property
    def ledger(self) -> Ledger:
        return self.live.ledger

    @property
    def is_begun(self) -> bool:
        """A run has begun this migration and not ended it."""
        return self.inputs.migration.number in self.ledger.begun

    @cached_property
    def role(self) -> str:
        """The role that will apply."""
        return self.inputs.settings.configuration.policy.apply_role or self.live.target.role

    @cached_property
    def plan(self) -> Plan | None:
        try:
            made = self.inputs.planned
        except NotAsked:
            return None
        return made if isinstance(made, Plan) else None

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The file's statements; none where it does not parse, which parse-only tells."""
        try:
            return body(self.inputs.statements())
        except NotAsked:
            return ()

    @cached_property
    def steps(self) -> tuple[tuple[int | None, tuple[Statement, ...]], ...]:
        """Ordinal and statements of each step, without those that are done; else the file's."""
        if self.plan is None:
            return ((None, self.statements),)
        return tuple(
            (step.ordinal, tuple(one for text in step.sql for one in parse(text)))
            for step in self.pending
        )

    @cached_property
    def pending(self) -> tuple[Step, ...]:
        """The plan's steps without those that are done; none where there is no plan."""
        if self.plan is None or not self.is_begun:
            return self.plan.steps if self.plan else ()
        done = ledger.steps_done(self.connection, self.inputs.migration.number)
        return tuple(step for step in self.plan.steps if step.ordinal not in done)

    @cached_property
    def promised(self) -> tuple[Effect, ...]:
        return effects(self.statements)

    @cached_property
    def made(self) -> frozenset[Relation]:
        """Tables and indexes that the migration makes, and every new name of one that it has."""
        return frozenset(
            Relation(effect.object.schema, effect.object.name)
            for effect in self.promised
            if effect.present and effect.object.kind in ("table", "index")
        )

    @cached_property
    def tables(self) -> frozenset[Relation]:
        """Tables that the statements lock and do not make."""
        return frozenset(
            lock.relation for statement in self.statements for lock in locks(statement)
        ) - frozenset(Relation(e.object.schema, e.object.name) for e in self.promised if e.present)

    @cached_property
    def needed(self) -> frozenset[Relation]:
        """Tables without which the statements fail."""
        return frozenset(required_tables(self.statements)) & self.tables

    @cached_property
    def there(self) -> dict[Relation, str]:
        """Those of the touched relations that the target has, with their kinds."""
        return facts.relation_kinds(self.connection, self.tables)

    @cached_property
    def written(self) -> frozenset[Relation]:
        """Tables whose rows the statements write."""
        found = (lock for statement in self.statements for lock in locks(statement))
        return frozenset(lock.relation for lock in found if lock.mode == ROW_EXCLUSIVE)

    @cached_property
    def keys(self) -> tuple[ForeignKey, ...]:
        return foreign_keys(self.statements)

    @cached_property
    def before(self) -> Snapshot | None:
        """What the baseline holds; None where it does not load, which parse-only tells."""
        try:
            return self.inputs.ground.held
        except BaselineError:
            return None

    @cached_property
    def held(self) -> Snapshot:
        """Tables, columns, constraints and indexes that the target has."""
        return catalog.tables(self.connection)

    def is_optional(self, table: Relation, column: str) -> bool:
        """The configuration says that the app may leave a contract column out."""
        names = {f"{table}.{column}", f"{table.name}.{column}"}
        return bool(names & set(self.inputs.settings.configuration.app_code.optional))

    @cached_property
    def major(self) -> int:
        return database.major(self.connection)


def scope(inputs: GateInputs, live: LiveTarget, known: Ledger) -> Scope:
    return Scope(inputs, replace(live, ledger=known))
