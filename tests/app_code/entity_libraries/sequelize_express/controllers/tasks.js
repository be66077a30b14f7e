const { Task, Project } = require('../models');

exports.create = async (req, res) => {
  const task = await Task.create({ title: req.body.title, project_id: req.body.projectId, assignee_id: req.user.id });
  res.json(task);
};

exports.bulk = async (projectId, titles) => {
  await Task.bulkCreate(titles.map((title) => ({ title, project_id: projectId })));
};

exports.project = async (req, res) => {
  const project = await Project.create({ name: req.body.name, team_id: req.body.teamId, owner_id: null });
  await Task.update({ assignee_id: null }, { where: { project_id: project.id } });
  await Task.destroy({ where: { project_id: project.id } });
};
