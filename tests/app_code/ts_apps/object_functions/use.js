const tasks = require("./tasks");
const { say: sayIt, log } = require("./comments");

exports.run = async (project, user) => {
  await tasks.create({ project_id: project.id, assignee_id: user?.id });
  await tasks.add(project.id, user ? user.id : null);
  await sayIt({ task_id: project.task, author_id: user?.id });
  await log(project?.task);
};
