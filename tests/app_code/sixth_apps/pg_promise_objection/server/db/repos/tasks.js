const pgp = require('pg-promise')();
const { tasks: sql } = require('../sql');

class TasksRepository {
  constructor(db, pgp) {
    this.db = db;
    this.pgp = pgp;
  }

  add(values) {
    return this.db.one('INSERT INTO tasks(title, project_id, assignee_id) VALUES(${title}, ${projectId}, ${userId}) RETURNING *', {
      title: values.title,
      projectId: values.projectId,
      userId: +values.userId,
    });
  }

  addPlain(title, projectId) {
    return this.db.none('INSERT INTO tasks(title, project_id) VALUES($1, $2)', [title, projectId]);
  }

  async remove(id) {
    return this.db.tx(async (t) => {
      await t.none('DELETE FROM comments WHERE task_id = $1', id);
      return t.result('DELETE FROM tasks WHERE id = $1', +id, (r) => r.rowCount);
    });
  }
}
module.exports = TasksRepository;
