const knex = require("knex")({ client: "pg" });
async function store(p, u, list) {
  const rows = new Map();
  for (const x of list) rows.set(x.id, { project_id: p, assignee_id: x.user ?? null });
  await knex("tasks").insert([...rows.values()]);
  await knex("tasks").insert(Array.from(rows.values()));
  const byId = {};
  for (const x of list) byId[x.id] = { project_id: p };
  await knex("tasks").insert(Object.values(byId));
  await knex.insert({ task_id: p, author_id: u }).into("comments");
  await knex("tasks").insert({ project_id: knex("projects").select("id").where("slug", p).first(), assignee_id: u });
  await knex.batchInsert("tasks", [{ project_id: p, assignee_id: u }], 30);
  await knex("tasks").insert({ project_id: p, assignee_id: knex.raw("NULL") });
  await knex("tasks").returning("id").insert({ project_id: p, assignee_id: u });
  await knex.transaction(async (trx) => { await trx("comments").insert({ task_id: p }); });
  await knex.transaction((trx) => trx.insert({ task_id: p, author_id: u }).into("comments"));
  await knex("tasks").where({ id: p }).del();
}
async function raw(p, u) {
  await knex.raw("INSERT INTO tasks (project_id, assignee_id) VALUES (?, ?)", [p, null]);
}
async function named(p, u) {
  await knex.raw("INSERT INTO tasks (project_id, assignee_id) VALUES (:p, :u)", { p, u: null });
}
