from flask import Blueprint, abort, request
from flask_login import current_user

from .models import Project, Task, db

bp = Blueprint("shop", __name__)


@bp.route("/projects", methods=["POST"])
def create_project():
    data = request.get_json()
    project = Project(name=data["name"], team_id=data.get("team_id"), owner_id=current_user.id)
    db.session.add(project)
    db.session.commit()
    return {"id": project.id}


@bp.route("/projects/<int:project_id>/tasks", methods=["POST"])
def create_task(project_id):
    project = Project.query.get_or_404(project_id)
    assignee_id = request.form.get("assignee_id")
    if assignee_id is None:
        abort(400)
    task = Task(title=request.form["title"], project=project, assignee_id=assignee_id)
    task.save()
    return {"id": task.id}


@bp.route("/tasks/<int:task_id>", methods=["DELETE"])
def delete_task(task_id):
    task = Task.query.get_or_404(task_id)
    db.session.delete(task)
    db.session.commit()
    Task.query.filter_by(project_id=task_id).delete()
    return "", 204
