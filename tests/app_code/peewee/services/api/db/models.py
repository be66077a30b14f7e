from peewee import CharField, ForeignKeyField, Model, TextField

from api.db.base import database


class BaseModel(Model):
    class Meta:
        database = database

    def to_dict(self):
        return self.__dict__["__data__"]


class Project(BaseModel):
    id = CharField(primary_key=True)
    team_id = CharField(null=True, index=True)
    owner_id = CharField(index=True)
    name = CharField()

    class Meta:
        db_table = "projects"


class Task(BaseModel):
    id = CharField(primary_key=True)
    project = ForeignKeyField(Project, backref="tasks")
    assignee_id = CharField(null=True)
    title = TextField()

    class Meta:
        table_name = "tasks"
