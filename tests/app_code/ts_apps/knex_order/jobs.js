exports.sweep = async (knex, ids, owner) => {
  await knex.delete().from("comments").whereIn("task_id", ids);
  await knex.insert({ task_id: ids[0], author_id: owner.id, body: "swept" }).into("comments");
  await knex.insert(ids.map((id) => ({ project_id: id, title: "swept" }))).into("tasks").returning("id");
  await knex("tasks").whereIn("id", ids).del();
  // A set takes from, too.
  seen.delete(ids[0]);
  Array.from("comments").forEach((letter) => seen.delete(letter));
};
