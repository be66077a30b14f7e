from app.base import ArgRepository, CRUDBase, Repository
from app.models import Comment, Project, Task
from app.schemas import CommentCreate, TaskCreate, TaskUpdate


class CRUDTask(CRUDBase[Task, TaskCreate, TaskUpdate]):
    pass


class CommentRepository(Repository[Comment]):
    model = Comment


class ProjectRepository(ArgRepository[Project]):
    def __init__(self, session) -> None:
        super().__init__(session, Project)


task_crud = CRUDTask(Task)
comment_crud = CRUDBase[Comment, CommentCreate, CommentCreate](Comment)
