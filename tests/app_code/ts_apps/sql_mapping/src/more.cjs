module.exports = {
  assign: "UPDATE tasks SET assignee_id = $2 WHERE id = $1",
  reply: "INSERT INTO comments (task_id, author_id) VALUES ($1, $2)",
};
