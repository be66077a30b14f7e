from peewee import CharField, ForeignKeyField, Model, UUIDField


class Row(Model):
    id = UUIDField(primary_key=True)


class User(Row):
    email = CharField()

    class Meta:
        table_name = "users"


class Team(Row):
    name = CharField()

    class Meta:
        table_name = "teams"


class Project(Row):
    team = ForeignKeyField(Team)
    owner = ForeignKeyField(User, null=True)
    name = CharField()

    class Meta:
        table_name = "projects"


class Task(Row):
    project = ForeignKeyField(Project)
    assignee = ForeignKeyField(User, null=True)
    title = CharField()

    class Meta:
        table_name = "tasks"
