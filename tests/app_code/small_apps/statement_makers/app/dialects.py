from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True)
class Dialect:
    name: str

    def insert_quietly(self, table: Table):
        if self.name == "postgresql":
            statement: Any = postgresql.insert(table)
            return statement.on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()
