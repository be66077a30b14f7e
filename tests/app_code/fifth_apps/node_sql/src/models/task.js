const db = require('../db')
const format = require('pg-format')

const Task = {
  async create({ title, projectId, assigneeId }) {
    const { rows } = await db.query(
      'INSERT INTO tasks (title, project_id, assignee_id) VALUES ($1, $2, $3) RETURNING *',
      [title, projectId, assigneeId]
    )
    return rows[0]
  },

  async createUnassigned(title, projectId) {
    const sql = `
      INSERT INTO tasks (title, project_id)
      VALUES ($1, $2)
      RETURNING id`
    return (await db.query(sql, [title, projectId])).rows[0].id
  },

  async bulk(projectId, titles) {
    const values = titles.map((t) => [t, projectId, null])
    return db.query(format('INSERT INTO tasks (title, project_id, assignee_id) VALUES %L', values))
  },

  async update(id, fields) {
    const keys = Object.keys(fields)
    const sets = keys.map((k, i) => `${k} = $${i + 2}`).join(', ')
    return db.query(`UPDATE tasks SET ${sets} WHERE id = $1`, [id, ...Object.values(fields)])
  },

  async remove(id) {
    await db.query('BEGIN')
    await db.query('DELETE FROM comments WHERE task_id = $1', [id])
    await db.query('DELETE FROM tasks WHERE id = $1', [id])
    await db.query('COMMIT')
  },
}

module.exports = Task
