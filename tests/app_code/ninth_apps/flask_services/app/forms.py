class TaskForm:
    def save(self, project, task):
        task.title = self.title
        task.project_id = project.id
        if self.assignee:
            task.assignee_id = self.assignee
        return task
