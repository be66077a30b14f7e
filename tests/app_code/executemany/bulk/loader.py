from psycopg2.extras import execute_values, execute_batch


def load(cur, conn, rows, project_id, author):
    cur.executemany(
        "INSERT INTO tasks (project_id, assignee_id, title) VALUES (%s, %s, %s)",
        [(project_id, r.get("assignee_id"), r["title"]) for r in rows],
    )
    values = []
    for r in rows:
        values.append((r["task_id"], author.id, r["text"]))
    execute_values(cur, "INSERT INTO comments (task_id, author_id, body) VALUES %s", values)
    execute_batch(
        cur,
        "INSERT INTO billing.invoices (project_id, amount) VALUES (%(project)s, %(amount)s)",
        [{"project": project_id, "amount": r["amount"]} for r in rows],
    )


async def load_async(conn, task_ids, author_ids, bodies):
    await conn.execute(
        """INSERT INTO comments (task_id, author_id, body)
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[])""",
        task_ids,
        author_ids,
        bodies,
    )
    await conn.executemany(
        "INSERT INTO comments (task_id, author_id) VALUES ($1, $2)",
        list(zip(task_ids, author_ids)),
    )


def copy_in(cur, f):
    cur.copy_expert("COPY tasks (project_id, title) FROM STDIN WITH CSV", f)
