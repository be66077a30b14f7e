const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize(process.env.DATABASE_URL);

const Task = sequelize.define('Task', { title: DataTypes.STRING, project_id: DataTypes.UUID, assignee_id: DataTypes.UUID }, { tableName: 'tasks' });
const Project = sequelize.define('Project', { name: DataTypes.STRING }, { tableName: 'projects' });

module.exports = { sequelize, Task, Project };
