import axios from "axios";

const URL = process.env.SUPABASE_URL;
const headers = { apikey: process.env.SUPABASE_KEY, "Content-Type": "application/json" };

export async function addTask(projectId, user, title) {
  const response = await fetch(`${URL}/rest/v1/tasks`, {
    method: "POST",
    headers: { ...headers, Prefer: "return=representation" },
    body: JSON.stringify({ project_id: projectId, assignee_id: user?.id, title }),
  });
  return response.json();
}

export async function keep(rows) {
  await fetch(`${URL}/rest/v1/comments?on_conflict=id`, {
    method: "POST",
    headers: { ...headers, Prefer: "resolution=merge-duplicates" },
    body: JSON.stringify(rows.map((row) => ({ task_id: row.task, body: row.body }))),
  });
}

export async function change(id, taskId) {
  const request = { method: "PATCH", headers, body: JSON.stringify({ task_id: taskId }) };
  await fetch(URL + "/rest/v1/comments?id=eq." + id, request);
  await fetch(`${URL}/rest/v1/tasks?id=eq.${id}`, { method: "DELETE", headers });
}

export async function post(projectId, userId) {
  const row = { project_id: projectId, assignee_id: userId };
  await axios.post(`${URL}/rest/v1/tasks`, row, { headers });
}

// Reading is no write, and another service's tasks are no table.
export async function look(id) {
  await fetch(`${URL}/rest/v1/tasks?id=eq.${id}`, { headers });
  await fetch(`https://tasks.example.org/v1/tasks`, { method: "POST", body: JSON.stringify({ id }) });
  return axios.get(`${URL}/rest/v1/comments`);
}
