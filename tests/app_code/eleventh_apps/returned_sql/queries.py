def insert_task() -> str:
    return """
        INSERT INTO tasks (project_id, assignee_id)
        VALUES (%s, %s)
    """


def insert_comment(with_author: bool):
    sql = "INSERT INTO comments (task_id, author_id) VALUES (:task, :author)"
    return sql


class Sql:
    @staticmethod
    def project():
        return "INSERT INTO projects (team_id, owner_id) VALUES (%s, %s)"

    @property
    def invoice(self):
        return "INSERT INTO billing.invoices (project_id) VALUES (%s)"
