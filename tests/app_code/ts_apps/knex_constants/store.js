const { Tables } = require("./tables");

class Store {
  constructor(knex) {
    this.db = knex;
  }

  rows() {
    return this.db(`${Tables.TASKS} as t`).leftJoin("projects as p", "p.id", "t.project_id");
  }

  async rename(id, title) {
    await this.rows().where({ id }).update({ title });
  }

  async add(project, assignee) {
    await this.db(Tables.TASKS).insert({ project_id: project, assignee_id: assignee || null });
  }

  async copy(from, to) {
    await this.db.raw(
      `INSERT INTO ${Tables.TASKS} (project_id, assignee_id) SELECT DISTINCT ? AS project, u.id FROM users u JOIN teams t ON t.owner_id = u.id WHERE t.id = ?`,
      [to, from],
    );
  }
}
