const { Model } = require("objection");

class Task extends Model {
  static get tableName() {
    return "tasks";
  }

  static async open(app, project, user) {
    await app.models.tasks.query().insert({ project_id: project, assignee_id: user?.id });
    await app.models.tasks.query().patch({ assignee_id: user.id }).where("project_id", project);
  }
}

module.exports = { Task };
