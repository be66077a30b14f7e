import pandas as pd


async def copy_async(conn, rows):
    await conn.copy_records_to_table("comments", records=rows, columns=["task_id", "author_id", "body"])
    await conn.copy_records_to_table("tasks", records=rows, columns=["project_id", "title"])


def copy_file(cur, handle):
    cur.copy_from(handle, "comments", columns=("task_id", "body"))


def frame(engine, items, project_id):
    rows = [{"project_id": project_id, "assignee_id": i["user"], "title": i["title"]} for i in items]
    pd.DataFrame(rows).to_sql("tasks", engine, if_exists="append", index=False)
