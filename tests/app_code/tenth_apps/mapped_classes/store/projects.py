from store.tables import Domain, project_table, registry


class Project(Domain):
    def add_task(self, title, assignee, **extras):
        from store import tasks

        self.tasks_all.append(tasks.Task(title=title, assignee_id=assignee.id, **extras))

    def copy_task(self, session, task):
        import store.tasks as model

        copied = model.Task(title=task.title, project=self, assignee_id=task.assignee_id)
        session.add(copied)


registry.map_imperatively(Project, project_table)
