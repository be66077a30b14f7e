class Connection:
    def __init__(self, raw):
        self._raw = raw

    def execute(self, sql, args=()):
        if isinstance(sql, (list, tuple)):
            sql = " ".join(sql)
        return self._raw.execute(sql, args)


class Comments:
    def __init__(self, db: Connection):
        self.db = db

    def add(self, task: int, fields: dict):
        self.db.execute([
            "INSERT INTO comments (",
            "    task_id, author_id, body)",
            "SELECT tasks.id, %s, %s",
            "FROM tasks WHERE tasks.id = %s",
        ], (fields.get("author"), fields["body"], task))

    def publish(self, comment: int):
        self.db.execute([
            "UPDATE comments SET",
            "    body = upper(body)",
            "WHERE id = %s",
        ], (comment,))

    def rewrite(self, comment: int, column: str, value: str):
        self.db.execute("UPDATE comments SET %s = %%s WHERE id = %%s" % column, (value, comment))

    def blank(self, comment: int):
        for column in ("body", "created_at"):
            self.db.execute("UPDATE comments SET %s = NULL WHERE id = %%s" % column, (comment,))

    def tidy(self):
        self.db.execute([
            "DELETE FROM comments WHERE body = '';",
            "DELETE FROM tasks",
            "  WHERE title = '';",
        ])

    def vote(self, comment: int, upvote: bool, voters: bytes):
        self.db.execute([
            "UPDATE comments SET",
            "    likes = likes + 1," if upvote else "    dislikes = dislikes + 1,",
            "    voters = %s",
            "WHERE id = %s",
        ], (voters, comment))
