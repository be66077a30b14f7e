from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def create_project(session: AsyncSession, *, team_id: str, user, name: str):
    result = await session.execute(
        text(
            "INSERT INTO projects (id, team_id, owner_id, name) "
            "VALUES (gen_random_uuid(), :team, :who, :name) RETURNING id"
        ),
        {"team": team_id, "who": user.id, "name": name},
    )
    return result.scalar_one()


async def clone_project(session: AsyncSession, source_id: str, name: str):
    stmt = text(
        """
        INSERT INTO projects (id, team_id, owner_id, name)
        SELECT gen_random_uuid(), p.team_id, p.owner_id, :name
          FROM projects p
         WHERE p.id = :source
        """
    )
    await session.execute(stmt, {"name": name, "source": source_id})


async def project_from_template(session: AsyncSession, template: dict):
    params = {"name": template["name"], "owner": template["owner_id"]}
    if template.get("team_id"):
        params["team"] = template["team_id"]
    await session.execute(
        text("INSERT INTO projects (name, owner_id, team_id) VALUES (:name, :owner, :team)"),
        params,
    )


async def purge(session: AsyncSession, project_id: str):
    await session.execute(text("DELETE FROM projects WHERE id = :id").bindparams(id=project_id))
