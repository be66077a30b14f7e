from api.db.models import Task
from api.db.services.project_service import ProjectService, TaskService
from api.utils import get_uuid


def create(request, current_user, team):
    req = request.json
    ProjectService.save(id=get_uuid(), name=req["name"], team_id=team.id, owner_id=current_user.id)
    task = {"id": get_uuid(), "project": req["project_id"], "title": "first"}
    TaskService.save(**task)
    Task.create(id=get_uuid(), project_id=req["project_id"], assignee_id=current_user.id, title="x")
    Task.insert(project=req["project_id"], assignee_id=None, title="y").execute()


def create_all(rows, project):
    tasks = []
    for row in rows:
        tasks.append({"project": project.id, "assignee_id": row["user_id"], "title": row["title"]})
    TaskService.insert_many(tasks)
    Task.insert_many([{"project_id": project.id, "title": "z"}]).execute()


def remove(project_id, task_id):
    Task.update(title="gone").where(Task.project == project_id).execute()
    Task.delete().where(Task.project == project_id).execute()
    ProjectService.delete_by_id(project_id)
