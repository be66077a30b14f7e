const { Pool } = require('pg')

const pool = new Pool()

async function createTask(projectId, assigneeId, title) {
  const { rows } = await pool.query(
    'INSERT INTO tasks (project_id, assignee_id, title) VALUES ($1, $2, $3) RETURNING *',
    [projectId, assigneeId || null, title]
  )
  return rows[0]
}

async function addComment(client, taskId, body) {
  await client.query({
    text: `INSERT INTO comments (task_id, body)
           VALUES ($1, $2)`,
    values: [taskId, body],
  })
  await client.query('UPDATE tasks SET title = $1 WHERE id = $2', [body, taskId])
}

async function removeTask(id) {
  await pool.query(`DELETE FROM tasks WHERE id = $1`, [id])
  console.log('DELETE FROM tasks done')
}

module.exports = { createTask, addComment, removeTask }
