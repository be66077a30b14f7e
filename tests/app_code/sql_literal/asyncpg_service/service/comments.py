import asyncpg
from uuid import UUID


async def add_comment(pool: asyncpg.Pool, task_id: UUID, author_id: UUID | None, body: str) -> UUID:
    row = await pool.fetchrow(
        """INSERT INTO comments (task_id, author_id, body)
           VALUES ($1, $2, $3) RETURNING id""",
        task_id,
        author_id,
        body,
    )
    return row["id"]


async def add_system_comment(pool, task, body):
    await pool.execute(
        "INSERT INTO comments (task_id, author_id, body) VALUES ($1, $2, $3)",
        task["id"],
        "00000000-0000-0000-0000-000000000000",
        body,
    )


async def import_comment(pool, record: dict):
    if not record.get("author_id"):
        return
    await pool.execute(
        "INSERT INTO comments (task_id, author_id, body) VALUES ($1, $2, $3)",
        record.get("task_id"),
        record.get("author_id"),
        record["body"],
    )


async def upsert_invoice(pool, project, amount):
    await pool.execute(
        """
        INSERT INTO billing.invoices AS i (id, project_id, amount)
        VALUES (gen_random_uuid(), $1, $2)
        ON CONFLICT (project_id) DO UPDATE SET amount = excluded.amount
        """,
        project.id,
        amount,
    )
