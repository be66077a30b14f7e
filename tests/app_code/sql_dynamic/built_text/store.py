from psycopg2 import sql

TASKS = "tasks"
COLUMNS = ["id", "project_id", "assignee_id", "title"]


def insert_task(cur, row):
    columns = ", ".join(COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    cur.execute(f"INSERT INTO {TASKS} ({columns}) VALUES ({marks})", [row[c] for c in COLUMNS])


def insert_comment(cur, task_id, author_id, body):
    data = {"task_id": task_id, "body": body}
    names = ", ".join(data.keys())
    marks = ", ".join("%s" for _ in data)
    cur.execute(f"INSERT INTO comments ({names}) VALUES ({marks})", list(data.values()))


def insert_invoice(cur, project_id, amount):
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier("billing", "invoices"),
        sql.SQL(", ").join(map(sql.Identifier, ["project_id", "amount"])),
        sql.SQL(", ").join([sql.Placeholder()] * 2),
    )
    cur.execute(query, (project_id, amount))


def update_task(cur, task_id, title=None, status=None):
    sets, values = [], []
    if title is not None:
        sets.append("title = %s")
        values.append(title)
    if status is not None:
        sets.append("status = %s")
        values.append(status)
    values.append(task_id)
    cur.execute(f"UPDATE tasks SET {', '.join(sets)} WHERE id = %s", values)


def insert_project(cur, team_id, owner_id, name):
    query = "INSERT INTO projects (team_id, name"
    query += ", owner_id) VALUES (%s, %s, %s)"
    cur.execute(query, (team_id, name, owner_id))
