import knex from "knex";
import { prefix } from "@acme/config";

const db = knex({ client: "pg" });
const TASKS = prefix + "tasks";

export const add = (project: string, user?: { id: string }) =>
  db(TASKS).insert({ project_id: project, assignee_id: user?.id });
export const say = (task: string, author: string) =>
  db.raw(`INSERT INTO ${prefix}comments (task_id, author_id) VALUES (?, ?)`, [task, author]);
export const pick = (project: string, user: string, keys: string[]) =>
  db(TASKS).insert(Object.fromEntries(Object.entries({ project_id: project, assignee_id: user }).filter(([key]) => keys.includes(key))));
