from app.models import Project, Task


def forget_project(store, project_id: str):
    store.delete(filters={"id": project_id}, model_class=Project)


def forget_task(store, task_id: str):
    store.delete(Task, filters={"id": task_id})


def forget_reply(replies, task_id: str):
    replies.delete("Task", key=task_id)
    replies.delete(key=task_id)
