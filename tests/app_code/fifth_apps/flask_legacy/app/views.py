from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required

from app.extensions import db
from app.forms import CommentForm, ProjectForm
from app.models import Comment, Project, Task

bp = Blueprint("projects", __name__)


@bp.route("/projects/new", methods=["GET", "POST"])
@login_required
def new_project():
    form = ProjectForm()
    if form.validate_on_submit():
        project = Project(form.name.data, current_user, team_id=form.team.data.id)
        db.session.add(project)
        db.session.commit()
        flash("Created")
        return redirect(url_for(".show", id=project.id))
    return render_template("new.html", form=form)


@bp.route("/quick", methods=["POST"])
@login_required
def quick():
    project = Project(request.form["name"], current_user)
    db.session.add(project)
    task = Task(title="First task", project=project)
    db.session.add(task)
    db.session.commit()
    return redirect("/")


@bp.route("/tasks/<task_id>/comments", methods=["POST"])
@login_required
def comment(task_id):
    task = Task.query.get_or_404(task_id)
    form = CommentForm()
    if form.validate_on_submit():
        Comment.create(task_id=task.id, author_id=current_user.id, body=form.body.data)
    return redirect(url_for(".show", id=task.project_id))


@bp.route("/tasks/<task_id>/delete", methods=["POST"])
@login_required
def delete_task(task_id):
    task = Task.query.get_or_404(task_id)
    Comment.query.filter_by(task_id=task.id).delete()
    db.session.delete(task)
    db.session.commit()
    return "", 204


@bp.route("/import", methods=["POST"])
def import_tasks():
    rows = request.get_json()["tasks"]
    mappings = []
    for row in rows:
        mappings.append(dict(title=row["title"], project_id=row["project_id"], assignee_id=row.get("assignee_id")))
    db.session.bulk_insert_mappings(Task, mappings)
    db.session.commit()
    return {"n": len(mappings)}


@bp.route("/sync", methods=["PUT"])
def sync():
    payload = request.get_json()
    task = Task(id=payload["id"], title=payload["title"], project_id=payload["project_id"], assignee_id=current_user.id)
    db.session.merge(task)
    db.session.commit()
    return "", 204


@bp.route("/tasks/<task_id>/assign", methods=["POST"])
def assign(task_id):
    task = Task.query.get_or_404(task_id)
    task.update(assignee_id=request.form.get("assignee_id"))
    return "", 204
