import uuid

from pydantic import EmailStr
from sqlmodel import Field, Relationship, SQLModel


class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True, max_length=255)


class User(UserBase, table=True):
    __tablename__ = "users"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    hashed_password: str
    projects: list["Project"] = Relationship(back_populates="owner", cascade_delete=True)


class ProjectBase(SQLModel):
    name: str = Field(min_length=1, max_length=255)
    team_id: uuid.UUID | None = None


class ProjectCreate(ProjectBase):
    pass


class ProjectUpdate(ProjectBase):
    name: str | None = Field(default=None, min_length=1, max_length=255)  # type: ignore


class Project(ProjectBase, table=True):
    __tablename__ = "projects"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    owner_id: uuid.UUID = Field(foreign_key="users.id", nullable=False, ondelete="CASCADE")
    owner: User | None = Relationship(back_populates="projects")


class TaskCreate(SQLModel):
    title: str
    project_id: uuid.UUID


class Task(TaskCreate, table=True):
    __tablename__ = "tasks"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    assignee_id: uuid.UUID | None = Field(default=None, foreign_key="users.id")
