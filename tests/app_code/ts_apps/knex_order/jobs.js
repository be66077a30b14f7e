exports.sweep = async (knex, ids, owner) => {
  await knex.delete().from("comments").whereIn("task_id", ids);
  await knex.insert({ task_id: ids[0], author_id: owner.id, body: "swept" }).into("comments");
  await knex.insert(ids.map((id) => ({ project_id: id, title: "swept" }))).into("tasks").returning("id");
  await knex("tasks").whereIn("id", ids).del();
  // A set takes from, too.
  seen.delete(ids[0]);
  Array.from("comments").forEach((letter) => seen.delete(letter));
};

class Store {
  constructor(client) {
    this.client = client;
  }

  async assign(id, who) {
    await this.client("tasks").where({ id }).update({ assignee_id: who?.id });
    return this.client("tasks").where({ id }).del();
  }
}
exports.Store = Store;
