from api.db.models import Project, Task
from api.db.services.common import CommonService


class ProjectService(CommonService):
    model = Project


class TaskService(CommonService):
    model = Task
