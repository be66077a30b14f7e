from pydantic import BaseModel


class Project(BaseModel):
    id: str
    team_id: str
    owner_id: str | None = None
    name: str = ""


class Invoice(BaseModel):
    id: str
    project: str
    amount: int = 0
