import sqlalchemy as sa

type Row = dict[str, object]


class Component:
    def __init__(self, db):
        self.db = db

    def find_or_create(self, tbl, where, insert_values):
        def work(conn):
            row = conn.execute(sa.select(tbl.c.id).where(where)).fetchone()
            if row:
                return row.id
            try:
                return conn.execute(tbl.insert(), [insert_values]).inserted_primary_key[0]
            except sa.exc.IntegrityError:  # somebody was faster
                return None

        return self.db.pool.run(work)


class Projects(Component):
    def find(self, slug: str, owner_id: str):
        tbl = self.db.model.projects
        return self.find_or_create(
            tbl,
            where=(tbl.c.slug == slug),
            insert_values={"slug": slug, "owner_id": owner_id},
        )

    def properties(self, event):
        return self.projects(event)

    def forget(self, project_id: str):
        def work(conn):
            for tbl in [self.db.model.tasks, self.db.model.projects]:
                conn.execute(tbl.delete())

        return self.db.pool.run(work)


class Tasks(Component):
    def add(self, project_id: str, assignee_id: str | None, title: str):
        def work(conn):
            tasks_tbl = self.db.model.tasks
            q = tasks_tbl.insert()
            conn.execute(
                q, {"project_id": project_id, "assignee_id": assignee_id, "title": title}
            )
            projects_tbl = self.db.model.projects
            q = projects_tbl.update().where(projects_tbl.c.id == project_id)
            conn.execute(q.values(slug=title))

        return self.db.pool.run(work)
