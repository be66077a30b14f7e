from app.models import Comment, Task


class TaskForm:
    def save(self, project, task):
        task.title = self.title.data
        task.project_id = project.id
        task.assignee_id = self.person.id
        return task


def add_task(session, form: TaskForm, project):
    task = form.save(project, Task())
    session.add(task)


def add_comment(session, user, task):
    comment = Comment(body="Welcome")
    comment.save(session, author=user, task=task)


class CommentForm:
    def store(self, session, user, task):
        self.comment = Comment(body=self.body.data)
        return self.comment.save(session, author=user, task=task)

    def store_alone(self, session, user):
        self.comment = Comment(body=self.body.data)
        return self.comment.save(session, author=user)


def drop_task(task_id, session, watchers):
    task = session.get(Task, task_id)
    watchers = session.query(Comment).filter(Comment.task_id == task_id).all()
    task.delete(session, watchers)
