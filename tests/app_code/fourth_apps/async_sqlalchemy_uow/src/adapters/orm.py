from sqlalchemy import Column, ForeignKey, MetaData, String, Table
from sqlalchemy.orm import registry, relationship

from src.domain import model

metadata = MetaData()
mapper_registry = registry(metadata=metadata)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String, primary_key=True),
    Column("project_id", String, ForeignKey("projects.id")),
    Column("assignee_id", String),
    Column("title", String),
)


def start_mappers():
    mapper_registry.map_imperatively(model.Task, tasks)
