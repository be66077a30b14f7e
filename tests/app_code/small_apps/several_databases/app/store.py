"""The same store for SQLite, MySQL and PostgreSQL."""

SEED = "INSERT IGNORE INTO projects (id, team_id, owner_id, name) VALUES (%s, %s, %s, %s)"


class SqliteTasks:
    def __init__(self, conn):
        self.conn = conn

    def remember(self, task_id: str, project_id: str, assignee_id: str):
        self.conn.execute(
            """
            INSERT OR IGNORE INTO tasks (id, project_id, assignee_id)
            VALUES (?, ?, ?)
            """,
            (task_id, project_id, assignee_id),
        )

    def replace(self, task_id: str, project_id: str):
        self.conn.execute(
            "INSERT OR REPLACE INTO tasks (id, project_id) VALUES (?, ?)",
            (task_id, project_id),
        )

    def title(self, task):
        return task.title.replace("{name}", task.name).replace("{body}", task.body)


class MysqlProjects:
    def __init__(self, cursor):
        self.cursor = cursor

    def seed(self, project_id: str, team_id: str, name: str, owner_id: str | None = None):
        self.cursor.execute(SEED, (project_id, team_id, owner_id, name))
