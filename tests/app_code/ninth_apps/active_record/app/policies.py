"""Who may do what: nothing here writes a row."""


class TaskPolicy:
    @classmethod
    def delete(cls, task):
        async def is_allowed(actor):
            return actor.id == task.assignee_id

        return is_allowed
