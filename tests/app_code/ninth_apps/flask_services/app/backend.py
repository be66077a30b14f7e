from app.pool import connection


class Backend:
    def change(self, task_id, **values):
        update = """
            UPDATE tasks
            SET
        """
        if "assignee" in values:
            update += "assignee_id=%(assignee)s, "
        if values.get("title") is not None:
            update += "title=%(title)s, "
        update += """
            project_id=COALESCE(%(project)s, project_id)
            WHERE id=%(id)s
            RETURNING *
        """
        values["id"] = task_id
        return self._one(update, values)

    def close(self, task, reason):
        update = """
            UPDATE tasks
               SET status=%(status)s, {body}
             WHERE id=%(id)s AND {assignee}
        """.format(
            body="body=%(body)s" if reason else "body=body",
            assignee="assignee_id=%(assignee)s" if task.assignee else "assignee_id IS NULL",
        )
        return self._one(update, vars(task))

    def add(self, project_id, assignee_id=None):
        both = "%(project)s, %(assignee)s"
        known = "project_id, assignee_id"
        insert = f"INSERT INTO tasks ({known if assignee_id else 'project_id'}) VALUES ({both if assignee_id else '%(project)s'})"
        return self._one(insert, {"project": project_id, "assignee": assignee_id})

    def _one(self, sql, values):
        with connection() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()
