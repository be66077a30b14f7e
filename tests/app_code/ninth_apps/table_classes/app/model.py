import sqlalchemy as sa


class Model:
    metadata = sa.MetaData()

    projects = sa.Table(
        "projects",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("team_id", sa.Text, nullable=True),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("slug", sa.Text),
    )

    tasks = sa.Table(
        "tasks",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("assignee_id", sa.Text, nullable=True),
        sa.Column("title", sa.Text),
    )
