from . import sql
from .sql import INSERT_TASK as NEW_TASK


def save_task(cursor, task):
    cursor.execute(
        NEW_TASK,
        {
            "id": task.id,
            "project_id": task.project_id,
            "assignee_id": task.assignee.id if task.assignee else None,
            "title": task.title,
        },
    )


def save_comment(cursor, values):
    cursor.execute(sql.INSERT_COMMENT, values)
