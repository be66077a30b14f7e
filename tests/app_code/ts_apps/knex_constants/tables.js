module.exports.Tables = {
  TASKS: "tasks",
  COMMENTS: "comments",
  Projects: "projects",
};
