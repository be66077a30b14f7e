import pgPromise from "pg-promise";

const pgp = pgPromise();
const db = pgp(process.env.DATABASE_URL!);
const columns = new pgp.helpers.ColumnSet(["project_id", "assignee_id"], { table: "tasks" });

export async function add(project: string, form: FormData, user?: { id: string }) {
  await db.none(pgp.helpers.insert([{ project_id: project, assignee_id: user?.id }], columns));
  await db.none(pgp.helpers.insert({ project_id: project }, null, "tasks"));
  const assignee = form.get("assignee") as string;
  await db.none("INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)", [form.get("project"), assignee]);
  await db.none("INSERT INTO comments (task_id, author_id) VALUES ($1, $2)", [project ?? "", user!.id]);
}
