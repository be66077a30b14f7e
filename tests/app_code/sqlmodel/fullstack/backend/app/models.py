import uuid

from sqlmodel import Field, Relationship, SQLModel


class UserBase(SQLModel):
    email: str


class User(UserBase, table=True):
    __tablename__ = "users"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)


class ProjectBase(SQLModel):
    name: str = Field(min_length=1)


class ProjectCreate(ProjectBase):
    team_id: uuid.UUID


class Project(ProjectBase, table=True):
    __tablename__ = "projects"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    team_id: uuid.UUID = Field(foreign_key="teams.id")
    owner_id: uuid.UUID = Field(foreign_key="users.id", nullable=False)
    owner: User | None = Relationship()


class CommentCreate(SQLModel):
    task_id: uuid.UUID | None = None
    body: str


class Comment(SQLModel, table=True):
    __tablename__ = "comments"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    task_id: uuid.UUID
    author_id: uuid.UUID
    body: str
