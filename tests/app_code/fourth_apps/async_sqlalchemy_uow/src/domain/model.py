class Task:
    def __init__(self, id, project_id, assignee_id, title):
        self.id = id
        self.project_id = project_id
        self.assignee_id = assignee_id
        self.title = title
