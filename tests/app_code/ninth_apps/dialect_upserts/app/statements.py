from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite


def insert_unless_there(*records, dialect, table, unique_by):
    if dialect == "postgresql":
        return insert_postgresql(table).values(records).on_conflict_do_nothing(unique_by)
    return insert_sqlite(table).values(records).on_conflict_do_nothing(unique_by)
