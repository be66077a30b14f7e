import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

metadata = sa.MetaData()

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", UUID, primary_key=True),
    sa.Column("team_id", UUID),
    sa.Column("owner_id", UUID),
    sa.Column("name", sa.Text),
)
tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", UUID, primary_key=True),
    sa.Column("project_id", UUID),
    sa.Column("assignee_id", UUID),
    sa.Column("title", sa.Text),
)
comments_table = sa.Table(
    "comments",
    metadata,
    sa.Column("id", UUID, primary_key=True),
    sa.Column("task_id", UUID),
    sa.Column("author_id", UUID),
    sa.Column("body", sa.Text),
)
