const { Model, DataTypes } = require('sequelize')
class Entry extends Model {}
Entry.init({ title: DataTypes.STRING, projectId: { type: DataTypes.UUID, field: 'project_id' } }, { sequelize, tableName: 'tasks' })

async function run(projectId) {
  const entry = Entry.build({ title: 'x', projectId })
  await entry.save()
}
