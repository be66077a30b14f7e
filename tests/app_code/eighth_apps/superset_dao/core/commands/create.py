from core.daos.task import TaskDAO


class CreateTaskCommand:
    def __init__(self, user, data):
        self._actor = user
        self._properties = data.copy()

    def run(self, project):
        self.validate()
        return TaskDAO.create(attributes={"title": self._properties["title"], "project_id": project.id})

    def validate(self):
        pass
