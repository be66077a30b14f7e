"""INSERT INTO tasks (title) VALUES ('in a docstring')"""

import logging

logger = logging.getLogger(__name__)

DDL = """
CREATE TABLE tasks (id uuid);
CREATE INDEX ON tasks (project_id);
GRANT INSERT, UPDATE, DELETE ON tasks TO app;
"""
HELP = "update tasks that are late, or insert into tasks by hand"
PREFIX = "INSERT INTO tasks_archive (id, title) VALUES (%s, %s)"
OTHER = "INSERT INTO archive.tasks (id) VALUES (%s)"
READ = "SELECT 'INSERT INTO tasks (title) VALUES (1)' FROM tasks -- DELETE FROM tasks"


class FakeTasks(dict):
    def insert(self, row):
        self.update(row)


def work(cur, tasks: dict, client, session, celery):
    cur.execute(PREFIX, (1, 2))
    cur.execute("SELECT * FROM tasks FOR UPDATE")
    cur.execute("LOCK TABLE tasks")
    logger.error("DELETE FROM tasks failed")
    print("UPDATE tasks SET title = NULL")
    tasks.update({"project_id": None})
    tasks.insert(0, "x")
    tasks["x"] = "INSERT"
    client.table("tasks").select("*").execute()
    client.storage.from_("comments").update("a", b"")
    client.bucket("tasks").delete()
    session.delete("/tasks/1")
    if cur.query == "INSERT INTO tasks (title) VALUES ('x')":
        raise ValueError("INSERT INTO tasks was refused")
