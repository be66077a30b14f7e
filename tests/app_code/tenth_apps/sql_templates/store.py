"""Statements whose lists of columns are cut and joined."""

TASK_COLUMNS = ["project_id", "assignee_id", "title"]


class Store:
    comment_columns = ["task_id", "author_id", "body"]

    def add_task(self, cursor, project_id, assignee_id, title):
        columns = TASK_COLUMNS[1:]
        cursor.execute(
            f"INSERT INTO tasks (project_id, {', '.join(columns)})"
            f" VALUES (%s, {', '.join(['%s'] * len(columns))})",
            (project_id, assignee_id, title),
        )

    def add_comment(self, cursor, task_id, author_id, body):
        statement = "INSERT INTO comments ({columns}) VALUES ({marks})".format(
            columns=", ".join(self.comment_columns),
            marks=", ".join("%s" for _ in self.comment_columns[:3]),
        )
        cursor.execute(statement, (task_id, author_id, body))

    def add_project(self, cursor, team_id, owner_id, extras):
        names = ", ".join(sorted(extras))
        marks = ", ".join("%s" for _ in extras)
        cursor.execute(
            f"INSERT INTO projects (team_id, owner_id, {names}) VALUES (%s, %s, {marks})",
            [team_id, owner_id, *extras.values()],
        )

    def add_comment_of(self, cursor, task_id, extras):
        names = ", ".join(sorted(extras))
        marks = ", ".join("%s" for _ in extras)
        cursor.execute(
            f"INSERT INTO comments (task_id, {names}) VALUES (%s, {marks})",
            [task_id, *extras.values()],
        )
