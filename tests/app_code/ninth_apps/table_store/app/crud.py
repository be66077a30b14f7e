from app.db import Connection, db
from app.models import Invoice, Project
from app.queue import inbox


async def create_project(project: Project, conn: Connection | None = None) -> Project:
    await (conn or db).insert("projects", project)
    return project


async def update_project(project: Project) -> None:
    await db.update("projects", project)


async def get_project(project_id: str) -> Project | None:
    return await db.fetchone("SELECT * FROM projects WHERE id = :id", {"id": project_id}, Project)


async def rename(project_id: str, name: str) -> None:
    project = await get_project(project_id)
    if project:
        project.name = name
        await update_project(project)


async def work() -> None:
    await create_project(await inbox.get())


async def bill(invoice: Invoice) -> None:
    await db.insert("billing.invoices", invoice)


async def archive(conn, project_id, values: dict[str, object], when):
    row = {
        "id": project_id,
        "project_id": project_id,
        "title": values.get("title"),
    }
    plain = {key: value.isoformat() if key == "title" else value for key, value in row.items()}
    for key, value in plain.items():
        if isinstance(value, bytes):
            plain[key] = value.decode()
    await conn.table("tasks").insert(plain).execute()
