import datetime

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, Model, PostgresqlDatabase, TextField

db = PostgresqlDatabase(None)


class BaseModel(Model):
    class Meta:
        database = db


class User(BaseModel):
    email = CharField()

    class Meta:
        table_name = "users"


class Project(BaseModel):
    owner = ForeignKeyField(User, backref="projects", on_delete="CASCADE")
    team_id = CharField(null=True)
    name = CharField()

    class Meta:
        table_name = "projects"


class Task(BaseModel):
    project = ForeignKeyField(Project, backref="tasks")
    assignee = ForeignKeyField(User, null=True, column_name="assignee_id")
    title = TextField()

    class Meta:
        table_name = "tasks"
