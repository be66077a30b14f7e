SQL_SIGNUP = """
WITH new_team AS (
    INSERT INTO teams (id, name, owner_id) VALUES (gen_random_uuid(), %(team)s, %(owner)s)
    RETURNING id
)
INSERT INTO projects (id, team_id, owner_id, name)
SELECT gen_random_uuid(), new_team.id, %(owner)s, 'Inbox' FROM new_team
"""

SQL_MOVE = """
WITH moved AS (
    DELETE FROM tasks WHERE project_id = %(from)s RETURNING id, title
)
INSERT INTO tasks_archive (id, project_id, title)
SELECT id, %(from)s, title FROM moved
"""

SQL_DEFAULT_TASK = """
INSERT INTO tasks (id, project_id, assignee_id, title)
VALUES (gen_random_uuid(), (SELECT id FROM projects WHERE slug = %(slug)s), %(user_id)s, 'Welcome')
"""


def signup(cur, team, owner_id, user_id, slug, old):
    cur.execute(SQL_SIGNUP, {"team": team, "owner": owner_id})
    cur.execute(SQL_MOVE, {"from": old})
    cur.execute(SQL_DEFAULT_TASK, {"slug": slug, "user_id": user_id})
