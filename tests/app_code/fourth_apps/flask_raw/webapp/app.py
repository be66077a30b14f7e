import os

import psycopg2
from flask import Flask, g, jsonify, request, session

app = Flask(__name__)


def get_db():
    if "db" not in g:
        g.db = psycopg2.connect(os.environ["DATABASE_URL"])
    return g.db


@app.route("/projects", methods=["POST"])
def create_project():
    data = request.get_json()
    db = get_db()
    cur = db.cursor()
    cur.execute("INSERT INTO teams (name) VALUES (%s) RETURNING id", (data["team"],))
    team_id = cur.fetchone()[0]
    cur.execute(
        "INSERT INTO projects (team_id, owner_id, name) VALUES (%s, %s, %s) RETURNING id",
        (team_id, session.get("user_id"), data["name"]),
    )
    project_id = cur.fetchone()[0]
    for task in data.get("tasks", []):
        cur.execute(
            "INSERT INTO tasks (project_id, assignee_id, title) VALUES (%s, %s, %s)",
            (project_id, session["user_id"], task["title"]),
        )
    db.commit()
    return jsonify(id=project_id), 201


@app.route("/tasks/<task_id>/comments", methods=["POST"])
def add_comment(task_id):
    user_id = session.get("user_id")
    if user_id is None:
        return jsonify(error="login first"), 401
    with get_db() as db, db.cursor() as cur:
        cur.execute(
            """
            INSERT INTO comments (task_id, author_id, body)
            VALUES (%(task_id)s, %(user_id)s, %(body)s)
            """,
            {"task_id": task_id, "user_id": user_id, "body": request.json["body"]},
        )
    return "", 204


@app.route("/projects/<project_id>", methods=["DELETE"])
def delete_project(project_id):
    with get_db() as db, db.cursor() as cur:
        cur.execute("DELETE FROM projects WHERE id = %s AND owner_id = %s", (project_id, session["user_id"]))
        if cur.rowcount == 0:
            return jsonify(error="delete from projects refused"), 404
    return "", 204
