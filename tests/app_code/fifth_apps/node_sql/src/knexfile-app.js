const knex = require('./knex')

exports.addComment = async (trx, taskId, user, body) => {
  const [comment] = await trx('comments').insert({ task_id: taskId, author_id: user.id, body }).returning('*')
  return comment
}

exports.createProject = (data) =>
  knex.transaction(async (trx) => {
    const [id] = await knex('projects').transacting(trx).insert({ team_id: data.teamId, owner_id: data.ownerId || null, name: data.name }, 'id')
    await knex.batchInsert('tasks', data.tasks.map((t) => ({ project_id: id, title: t })), 100).transacting(trx)
    return id
  })

exports.remove = (id) => knex('projects').where({ id }).del()
exports.touch = (id) => knex('tasks').where('id', id).update('status', 'done')
