class TaskStore:
    async def store(self, task_id: str, project_id: str, assignee: str | None):
        await self.db_pool.simple_upsert(
            table="tasks",
            keyvalues={"id": task_id},
            values={"assignee_id": assignee},
            insertion_values={"project_id": project_id},
            desc="store_task",
        )

    async def add_comment(self, task_id: str, author_id: str):
        await self.db_pool.simple_insert(
            table="comments",
            values={"task_id": task_id, "author_id": author_id},
            desc="add_comment",
        )

    async def add_comments(self, txn, task_id: str, authors):
        self.db_pool.simple_insert_many_txn(
            txn,
            table="comments",
            keys=("task_id", "author_id"),
            values=[(task_id, a) for a in authors],
        )

    async def rename(self, task_id: str, title: str):
        await self.db_pool.simple_update_one(
            table="tasks",
            keyvalues={"id": task_id, "project_id": "x"},
            updatevalues={"title": title},
        )

    async def drop(self, task_id: str):
        await self.db_pool.simple_delete(table="tasks", keyvalues={"id": task_id}, desc="drop")
        await self.db_pool.simple_select_one(table="tasks", keyvalues={"id": task_id}, retcols=("title",))
