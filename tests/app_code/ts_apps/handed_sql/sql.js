exports.addTask = () => "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)";
exports.queries = {
  comments: { add: "INSERT INTO comments (task_id, author_id) VALUES ($1, $2)" },
  tasks: { add: `INSERT INTO tasks (project_id, assignee_id, title) VALUES ($1, $2, $3) RETURNING id` },
};
exports.ADD = "INSERT INTO comments (task_id, author_id) VALUES ($1, $2)";
exports.Q = Object.freeze({ addTask: "INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)" });
exports.list = ["INSERT INTO tasks (project_id, assignee_id) VALUES ($1, $2)"];
