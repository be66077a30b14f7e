from db.core import Database, insert_logged, insert_row


def create_task(db: Database, project_id, title, user):
    db.insert("tasks", {"project_id": project_id, "assignee_id": user.id, "title": title})
    db.insert("settings", {"key": "x"})


def create_comment(client, task, body):
    insert_row(client, "comments", {"task_id": task["id"], "body": body})
    insert_logged(client, "comments", task_id=task["id"], author_id=None, body=body)


def import_tasks(db: Database, items, project_id):
    rows = [{"project_id": project_id, "title": item} for item in items]
    db.save_rows("tasks", rows)


def save_task(client, data):
    client.table("tasks").insert(data).execute()


def one(client, project_id):
    save_task(client, {"project_id": project_id, "assignee_id": None})


def two(client, project_id, user_id):
    save_task(client, {"project_id": project_id, "assignee_id": user_id})
