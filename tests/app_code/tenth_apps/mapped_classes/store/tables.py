import sqlalchemy as sa
from sqlalchemy import orm

metadata = sa.MetaData()
registry = orm.registry(metadata=metadata)

user_table = sa.Table("users", metadata, sa.Column("id", sa.Uuid, primary_key=True))

task_table = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("project_id", sa.Uuid, sa.ForeignKey("projects.id")),
    sa.Column("assignee_id", sa.Uuid, sa.ForeignKey("users.id")),
    sa.Column("title", sa.Text),
)

project_table = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("team_id", sa.Uuid),
    sa.Column("owner_id", sa.Uuid, sa.ForeignKey("users.id")),
)


class Domain:
    def __init__(self, **kwargs):
        for key, value in kwargs.items():
            setattr(self, key, value)
