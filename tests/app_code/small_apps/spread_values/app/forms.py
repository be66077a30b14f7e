PEOPLE = ["assignee"]


def save(cur, form):
    task_id = form.get("task_id")
    people = []
    for person in PEOPLE:
        if form.get(f"{person}_id") == "0":
            people.append(None)
        else:
            people.append(form[f"{person}_id"])
    columns = ["title", "project_id", *[f"{person}_id" for person in PEOPLE]]
    values = [form["title"], form["project_id"], *people]
    if task_id:
        changes = ", ".join([f"{column} = %s" for column in columns])
        cur.execute(f"UPDATE tasks SET {changes} WHERE id = %s", (*values, task_id))
    else:
        places = ", ".join(["%s"] * len(columns))
        query = f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({places}) RETURNING id"
        cur.execute(query, (*values,))
        task_id = cur.fetchone()["id"]
    for author in form.getlist("authors"):
        cur.execute(
            "INSERT INTO comments (task_id, author_id) VALUES (%s, %s)",
            (task_id, author),
        )


def note(cur, who: list[str], task_id: str | None, author_id: str):
    cur.execute(
        "INSERT INTO comments (body, task_id, author_id) VALUES (%s, %s, %s)",
        (*who, task_id, author_id),
    )
