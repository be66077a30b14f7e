export const queries = {
  addTask: "INSERT INTO tasks (project_id, assignee_id, title) VALUES ($1, $2, $3)",
  comments: {
    add: `INSERT INTO comments (task_id, author_id, body)
          VALUES ($1, $2, $3) RETURNING *`,
    remove: "DELETE FROM comments WHERE id = $1",
  },
};
