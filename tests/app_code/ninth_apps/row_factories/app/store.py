from app.models import SqlComment, SqlTask


class Store:
    def _in_workspace(self, row):
        row.workspace = self.workspace
        return row

    def _comment_row(self, session, comment_id, user_id):
        author = self._author(session, user_id)
        row = session.query(SqlComment).filter(SqlComment.id == comment_id).one()
        return author, row

    def _get_or_raise(self, session, model, row_id):
        row = session.query(model).filter(model.id == row_id).first()
        if row is None:
            raise LookupError(row_id)
        return row

    def open_task(self, project_id: str, title: str):
        with self.session() as session:
            task = self._in_workspace(SqlTask(project_id=project_id, title=title))
            session.add(task)

    def record(self, task_id: str, author_id: str, bodies):
        rows = {}
        for body in bodies:
            if body not in rows:
                row = SqlComment(task_id=task_id, author_id=author_id, body=body)
                rows[body] = row
        with self.session() as session:
            session.add_all(rows.values())

    def open_with_comments(self, project_id: str, assignee_id: str, notes=None):
        with self.session() as session:
            session.add(
                SqlTask(
                    project_id=project_id,
                    assignee_id=assignee_id,
                    comments=[SqlComment(body=note) for note in notes] if notes else [],
                )
            )

    def replace_comments(self, task_id: str, known, bodies, author_id: str):
        with self.session() as session:
            task = self._get_or_raise(session, SqlTask, task_id)
            kept = []
            for body in bodies:
                entry = known.get(body) or SqlComment(body=body, author_id=author_id)
                kept.append(entry)
            task.comments = kept

    def withdraw(self, comment_id, user_id):
        with self.session() as session:
            _, row = self._comment_row(session, comment_id, user_id)
            session.delete(row)

    def close(self, task_id):
        with self.session() as session:
            found = self._get_or_raise(session, SqlTask, task_id)
            session.delete(found)

    def preview(self, title):
        return render(SqlTask(title=title))
