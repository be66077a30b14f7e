import json

from psycopg.types.json import Jsonb


async def add(conn, tasks):
    rows = [{"project_id": t.project_id, "assignee_id": t.who.id} for t in tasks]
    await conn.execute(
        "INSERT INTO tasks (project_id, assignee_id) "
        "SELECT project_id, assignee_id FROM jsonb_to_recordset($1::jsonb) AS r(project_id uuid, assignee_id uuid)",
        json.dumps(rows),
    )


async def add_partial(conn, tasks):
    rows = [{"project_id": t.project_id} for t in tasks]
    await conn.execute(
        "INSERT INTO tasks (project_id, assignee_id) "
        "SELECT r.project_id, r.assignee_id FROM jsonb_to_recordset($1) AS r(project_id uuid, assignee_id uuid)",
        json.dumps(rows),
    )


def one(cur, task_id: str, author_id: str):
    cur.execute(
        "INSERT INTO comments (task_id, author_id) SELECT x.task_id, x.author_id FROM jsonb_populate_record(NULL::comments, %s) x",
        [Jsonb({"task_id": task_id, "author_id": author_id})],
    )
