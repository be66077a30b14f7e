from sqlalchemy import orm

from store.projects import Project
from store.tables import Domain, registry, task_table, user_table


class User:
    pass


class Task(Domain):
    def __init__(self, title=None, project=None, project_id=None, assignee_id=None, **extras):
        self.title = title
        self.project = project
        self.project_id = project_id
        self.assignee_id = assignee_id
        self.extras = extras


registry.map_imperatively(User, user_table)
registry.map_imperatively(
    Task,
    task_table,
    properties={
        "worker": task_table.c.assignee_id,
        "project": orm.relationship(Project, backref=orm.backref("tasks_all")),
    },
)
