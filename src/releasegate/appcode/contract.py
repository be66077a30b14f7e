"""Migration and baseline statements -> what the foreign keys demand of the app."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.model import ContractColumn, Finding, ForeignKey, Relation
from releasegate.statements import contract as keys
from releasegate.statements import parser
from releasegate.statements.idioms import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from releasegate.statements.contract import Table
    from releasegate.statements.parser import Statement

#: The name of a table that is put in at run time; it may be any of the contract.
ANY_TABLE = "?"


@dataclass(frozen=True)
class Contract:
    columns: tuple[ContractColumn, ...]
    problems: tuple[Finding, ...] = ()
    #: the baseline's
    tables: Mapping[Relation, Table] | None = None
    #: tables to look at that no key names
    others: tuple[Relation, ...] = ()
    #: tables whose columns are others after the migration
    reshaped: tuple[Relation, ...] = ()

    @cached_property
    def children(self) -> tuple[Relation, ...]:
        return tuple(dict.fromkeys(column.child for column in self.columns))

    @cached_property
    def parents(self) -> tuple[Relation, ...]:
        return tuple(dict.fromkeys(column.parent for column in self.columns))

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        return tuple(dict.fromkeys((*self.children, *self.parents, *self.others)))

    def find(self, schema: str | None, name: str | None) -> Relation | None:
        """Find the contract's table of that name; no schema means any."""
        for relation in self.relations:
            if relation.name == name and schema in (None, relation.schema):
                return relation
        return None

    def ending(self, rest: str) -> Relation | None:
        """Find the one table whose name ends so, where what stands before it is put in."""
        words = rest.lstrip("_")
        found = [item for item in self.relations if f"_{item.name}".endswith(f"_{words}")]
        return found[0] if words and len(found) == 1 else self.find(None, words)

    def of_child(self, child: Relation | None) -> tuple[ContractColumn, ...]:
        return tuple(column for column in self.columns if column.child == child)

    def of_parent(self, parent: Relation | None) -> tuple[ContractColumn, ...]:
        return tuple(column for column in self.columns if column.parent == parent)

    def table(self, relation: Relation) -> Table | None:
        return (self.tables or {}).get(relation)

    def columns_of(self, relation: Relation) -> tuple[str, ...]:
        """List a table's columns in their order; none where some may be missing."""
        table = self.table(relation)
        return tuple(table.columns) if table is not None and table.is_complete else ()


def read_contract(migration_sql: str, baseline_sql: str, *, path: str) -> Contract:
    """Parse both texts and derive; a text that is no SQL leaves no contract, and a problem."""
    try:
        migration = parser.parse(migration_sql)
    except parser.SqlError as error:
        return Contract((), (_no_sql("migration", error, path),))
    try:
        baseline = parser.parse(baseline_sql)
    except parser.SqlError as error:
        return Contract((), (_no_sql("baseline", error, None),))
    return derive(migration, baseline, path=path)


def _no_sql(what: str, error: parser.SqlError, path: str | None) -> Finding:
    message = f"The {what} is no SQL, so there is no contract: {error} (line {error.line})."
    line = error.line if path else None
    return findings.make("RG208", message, path=path, line=line, help=f"Mend the {what}.")


def derive(
    migration: Sequence[Statement], baseline: Sequence[Statement], *, path: str = ""
) -> Contract:
    """Derive the contract of a migration that lies at ``path``."""
    problems = list(_hidden(opened(migration), baseline, path))
    migration, baseline = opened(migration), opened(baseline)
    before = keys.declared_tables(baseline)
    after = keys.declared_tables((*baseline, *migration))
    own = keys.declared_tables(migration)
    columns: dict[tuple[Relation, str, Relation, str], ContractColumn] = {}
    for key in keys.foreign_keys(migration):
        parents = key.parent_columns or after.get(key.parent, keys.Table()).primary_key
        if len(parents) != len(key.columns):
            problems.append(_unmatched(key, path))
            parents = parents or ("",)
        for column in _columns(key, parents):
            made = replace(column, created=_is_created(column, before, own))
            columns.setdefault((made.child, made.column, made.parent, made.parent_column), made)
    return Contract(
        tuple(columns.values()), tuple(problems), before, reshaped=_reshaped(before, after)
    )


def _reshaped(
    before: Mapping[Relation, Table], after: Mapping[Relation, Table]
) -> tuple[Relation, ...]:
    """List the tables that gain, lose or retype a column."""
    return tuple(
        relation
        for relation, table in before.items()
        if relation in after and _types(table) != _types(after[relation])
    )


def _types(table: Table) -> dict[str, str]:
    return {name: column.type for name, column in table.columns.items()}


def _columns(key: ForeignKey, parents: tuple[str, ...]) -> Iterable[ContractColumn]:
    for index, column in enumerate(key.columns):
        parent_column = parents[min(index, len(parents) - 1)]
        yield ContractColumn(
            key.child, column, key.parent, parent_column, key.on_delete, False, key.line
        )


def _is_created(
    column: ContractColumn, before: Mapping[Relation, Table], own: Mapping[Relation, Table]
) -> bool:
    """Say whether the migration, and not the baseline, gives the table this column."""
    known, made = before.get(column.child), own.get(column.child)
    if known is not None and (column.column in known.columns or not known.is_complete):
        return False
    return made is not None and column.column in made.columns


def _hidden(
    migration: Sequence[Statement], baseline: Sequence[Statement], path: str
) -> Iterable[Finding]:
    for place in keys.unreadable(migration, baseline):
        message = f"{place.what}, so nobody can say which foreign keys the app must satisfy."
        yield findings.make("RG208", message, path=path, line=place.line, column=place.column)


def _unmatched(key: ForeignKey, path: str) -> Finding:
    name = f'The foreign key "{key.name}"' if key.name else "A foreign key"
    message = (
        f"{name} of {key.child} does not say which columns of {key.parent} it refers to, "
        "and that table's primary key is in neither the baseline nor the migration."
    )
    return findings.make(
        "RG208",
        message,
        path=path,
        line=key.line,
        help=f"Write REFERENCES {key.parent} (COLUMN), or complete the baseline.",
    )
