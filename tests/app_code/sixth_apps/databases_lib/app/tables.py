from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table
from sqlalchemy.sql import func

metadata = MetaData()
tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(50)),
    Column("project_id", Integer),
    Column("assignee_id", Integer),
    Column("created_at", DateTime, default=func.now(), nullable=False),
)
comments = Table("comments", metadata, Column("id", Integer, primary_key=True), Column("task_id", Integer), Column("author_id", Integer), Column("body", String))
projects = Table("projects", metadata, Column("id", Integer), Column("team_id", Integer), Column("owner_id", Integer), Column("name", String))
