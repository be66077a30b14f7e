from app.forms import TaskForm
from app.models import Project, Task, Team, db


def add(project, data):
    form = TaskForm(data)
    task = Task()
    form.save(project, task)
    db.session.add(task)
    db.session.commit()


def load(found, owner_id):
    for name, projects in found.items():
        team = Team.query.filter_by(name=name).first()
        if not team:
            team = Team(name=name)
            db.session.add(team)
            db.session.commit()
        for project in projects:
            row = Project(name=project, team=team, owner_id=owner_id)
            db.session.add(row)


def bulk(lines, batch_size):
    batches = {"projects": [], "tasks": []}
    for line in lines:
        batches["projects"].append({"team_id": line["team"], "owner_id": line["owner"]})
    db.session.bulk_insert_mappings(Project, batches["projects"])
    for project in batches["projects"]:
        batches["tasks"].append({"project_id": project["id"], "title": "start"})
    db.session.bulk_insert_mappings(Task, batches["tasks"])
