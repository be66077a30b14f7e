const db = require("./db");

const tasks = {
  create: (row) => db("tasks").insert(row),
  async add(project, assignee) {
    return db("tasks").insert({ project_id: project, assignee_id: assignee });
  },
};

module.exports = tasks;
