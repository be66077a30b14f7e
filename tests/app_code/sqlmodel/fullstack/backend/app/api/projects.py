from app.api.deps import CurrentUser, SessionDep
from app.models import Comment, CommentCreate, Project, ProjectCreate


def create_project(*, session: SessionDep, current_user: CurrentUser, project_in: ProjectCreate):
    project = Project.model_validate(project_in, update={"owner_id": current_user.id})
    session.add(project)
    session.commit()
    session.refresh(project)
    return project


def create_comment(*, session: SessionDep, current_user: CurrentUser, comment_in: CommentCreate):
    comment = Comment(**comment_in.model_dump(), author_id=current_user.id)
    session.add(comment)
    session.commit()
    return comment


def delete_project(session: SessionDep, current_user: CurrentUser, id: str):
    project = session.get(Project, id)
    if not project:
        raise ValueError("not found")
    session.delete(project)
    session.commit()
