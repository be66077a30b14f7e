import { pool } from "./pool.js";
import { queries } from "./queries.js";

const one = async (text, values) => {
  const { rows } = await pool.query(text, values);
  return rows[0];
};

export const addTask = (projectId, assignee, title) =>
  one(queries.addTask, [projectId, assignee ? assignee.id : null, title]);

export const addComment = (request) =>
  pool.query(queries.comments["add"], [request.params.taskId, request.user.id, request.body.text]);

export const removeComment = (id) => pool.query(queries.comments.remove, [id]);

const more = require("./more.cjs");

export const assign = (id, user) => pool.query(more.assign, [id, user?.id]);

export const reply = (task, author) =>
  pool.query(more.reply, [task.id, author?.id].map((value) => value ?? null));
