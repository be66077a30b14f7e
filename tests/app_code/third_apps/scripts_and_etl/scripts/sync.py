#!/usr/bin/env python
import csv
import sys

import pandas as pd
import psycopg
from sqlalchemy import MetaData, Table, create_engine, insert, text
from sqlalchemy.dialects import postgresql

engine = create_engine("postgresql://")
metadata = MetaData()
tasks = Table("tasks", metadata, autoload_with=engine)


def load_csv(path: str, project_id: str) -> None:
    with open(path) as handle, psycopg.connect() as conn:
        with conn.cursor() as cur:
            for row in csv.DictReader(handle):
                cur.execute(
                    "INSERT INTO tasks (project_id, assignee_id, title) VALUES (%s, %s, %s)",
                    (project_id, row["assignee"] or None, row["title"]),
                )


def load_frame(df: pd.DataFrame, project_id: str) -> None:
    records = df.to_dict("records")
    with engine.begin() as conn:
        conn.execute(
            insert(tasks),
            [{"project_id": project_id, "assignee_id": r["user_id"], "title": r["title"]} for r in records],
        )
        stmt = postgresql.insert(tasks).values(project_id=project_id, title="x")
        conn.execute(stmt.on_conflict_do_update(constraint="tasks_pkey", set_={"title": stmt.excluded.title}))
        conn.execute(tasks.update().where(tasks.c.project_id == project_id).values(status="done"))
        conn.execute(tasks.delete().where(tasks.c.project_id == project_id))
        conn.execute(text("insert into comments (task_id, body) select id, 'imported' from tasks where project_id = :p"), {"p": project_id})


if __name__ == "__main__":
    load_csv(sys.argv[1], sys.argv[2])
