from app.models import Project, Task


class ProjectStore:
    @staticmethod
    def get(key):
        return Project[key]

    @staticmethod
    def drop(key):
        found = ProjectStore.get(key)
        found.delete_instance(recursive=True)
