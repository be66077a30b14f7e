async def add(conn, project_id: str, people: list[str | None]):
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT $1, unnest($2::uuid[])", project_id, people)


async def add_many(conn, rows):
    projects = [row.project_id for row in rows]
    people = [row.who.id if row.who else None for row in rows]
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])", projects, people)


async def add_appended(conn, rows):
    projects, people = [], []
    for row in rows:
        projects.append(row.project_id)
        people.append(row.get("who"))
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT p, w FROM unnest($1::uuid[], $2::uuid[]) AS t(p, w)", projects, people)


async def add_good(conn, rows):
    projects = [row.project_id for row in rows]
    people = [row.who.id for row in rows]
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])", projects, people)


async def add_turned(conn, rows):
    pairs = [(row.project_id, row.who if row.who else None) for row in rows]
    projects, people = zip(*pairs)
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])", projects, people)


async def add_mapped(conn, rows):
    pairs = [(row.project_id, None) for row in rows]
    projects, people = map(list, zip(*pairs))
    await conn.execute("INSERT INTO tasks (project_id, assignee_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])", projects, people)
