from .settings import settings


def note(client, task_id: str, text: str):
    row = {"task_id": task_id, "body": text}
    client.table(settings.notes_table).insert(row).execute()


def take_in(client, project_id: str, lines: list[tuple[str, str | None]]):
    for title, person in lines:
        client.table("tasks").insert(
            {"title": title, "project_id": project_id, "assignee_id": person}
        ).execute()
