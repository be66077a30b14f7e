"""A database -> a Django project whose migration asks for the same keys and indexes.

Django names its keys itself and makes them DEFERRABLE; everything else is as in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The timeouts are those that the package's manual shows.
_SETTINGS = """\
DATABASES = {{"default": {{
    "ENGINE": "django_zero_downtime_migrations.backends.postgres",
    "HOST": {host!r}, "PORT": {port!r}, "NAME": {dbname!r},
    "USER": {user!r}, "PASSWORD": {password!r},
    "OPTIONS": {{"sslmode": "disable"}},
}}}}
INSTALLED_APPS = ["papers"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT = "2s"
ZERO_DOWNTIME_MIGRATIONS_STATEMENT_TIMEOUT = "2s"
ZERO_DOWNTIME_MIGRATIONS_FLEXIBLE_STATEMENT_TIMEOUT = True
ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = True
ZERO_DOWNTIME_MIGRATIONS_IDEMPOTENT_SQL = True
"""

_V0 = """\
from django.db import migrations, models


def link(to):
    return models.ForeignKey(to, models.DO_NOTHING, null=True, db_constraint=False, db_index=False)


def table(name, **links):
    key = models.BigIntegerField if name == "RunEvent" else models.UUIDField
    names = {"RunEvent": "run_events"}
    fields = [("id", key(primary_key=True)), *links.items()]
    if name == "RunEvent":
        fields.append(("seq", models.BigIntegerField(null=True)))
    options = {"db_table": names.get(name, f"{name.lower()}s")}
    return migrations.CreateModel(name=name, fields=fields, options=options)


class Migration(migrations.Migration):
    initial = True
    operations = [
        table("Paper"),
        table("Plan", paper=link("papers.Paper")),
        table("Run", plan=link("papers.Plan"), paper=link("papers.Paper")),
        table("RunEvent", run=link("papers.Run")),
        table("Storyboard", paper=link("papers.Paper")),
    ]
"""

_V1 = """\
from django.db import migrations, models


def key(model, field, to):
    link = models.ForeignKey(to, models.DO_NOTHING, null=True, db_index=False)
    return migrations.AlterField(model, field, link)


def index(model, name, *fields):
    return migrations.AddIndex(model, models.Index(fields=fields, name=name))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("papers", "0001_v0")]
    operations = [
        migrations.AddField(
            "Storyboard",
            "run",
            models.ForeignKey("papers.Run", models.DO_NOTHING, null=True, db_index=False),
        ),
        index("Plan", "idx_plans_paper_id", "paper"),
        index("Run", "idx_runs_plan_id", "plan"),
        index("Run", "idx_runs_paper_id", "paper"),
        index("RunEvent", "idx_run_events_byseq", "run", "seq"),
        key("Plan", "paper", "papers.Paper"),
        key("Run", "plan", "papers.Plan"),
        key("Run", "paper", "papers.Paper"),
        key("RunEvent", "run", "papers.Run"),
        key("Storyboard", "paper", "papers.Paper"),
    ]
"""


def write(folder: Path, target: Mapping[str, str]) -> Path:
    """Write the project; return its folder, which belongs on Python's path."""
    migrations = folder / "papers" / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    for package in (migrations.parent, migrations):
        (package / "__init__.py").touch()
    (folder / "project.py").write_text(_SETTINGS.format(**target))
    (migrations / "0001_v0.py").write_text(_V0)
    (migrations / "0002_v1.py").write_text(_V1)
    return folder
