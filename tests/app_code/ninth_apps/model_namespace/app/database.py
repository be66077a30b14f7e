"""One object through which the app speaks of its models and of the dialect."""

from app import orm


class Database:
    def __init__(self, queries):
        self.queries = queries

    @property
    def Task(self) -> type[orm.Task]:
        return orm.Task

    @property
    def Comment(self) -> "type[orm.Comment]":
        return orm.Comment
