import { mutate, query } from "./db";

interface Options {
  assignedBy?: string;
}

// The helper takes more than the SQL and its values: whose rights count, and how.
export async function addTask(projectId: string, title: string, userId: string, options: Options = {}) {
  return mutate(
    `INSERT INTO tasks (project_id, title, assignee_id) VALUES ($1, $2, $3) RETURNING *`,
    [projectId, title, options.assignedBy || null],
    userId,
    { service: true },
  );
}

export async function addComment(userId: string, taskId: string) {
  await mutate("INSERT INTO comments (author_id, task_id) VALUES ($1, $2)", [userId, taskId], userId);
}

export async function addProject(teamId: string, ownerId: string, name: string) {
  const values = [teamId, ownerId, name];
  await mutate("INSERT INTO projects (team_id, owner_id, name) VALUES ($1, $2, $3)", values, ownerId);
}

export async function addTasks(projectId: string, titles: string[], userId: string) {
  const placeholders: string[] = [];
  const values: unknown[] = [];
  let index = 1;
  for (const title of titles) {
    placeholders.push(`($${index}, $${index + 1}, $${index + 2})`);
    values.push(projectId, title, null);
    index += 3;
  }
  await mutate(
    `INSERT INTO tasks (project_id, title, assignee_id) VALUES ${placeholders.join(", ")}`,
    values,
    userId,
  );
}

export async function addComments(taskId: string, bodies: string[], userId: string) {
  const rows: string[] = [];
  const params: unknown[] = [];
  let next = 1;
  bodies.forEach((body) => {
    rows.push(`($${next++}, $${next++}, $${next++})`);
    params.push(taskId, userId, body);
  });
  await query(`INSERT INTO comments (task_id, author_id, body) VALUES ${rows.join(",")}`, params);
}

export async function copyComments(taskId: string, found: { author: string; body: string }[]) {
  const tuples = found.map((_, i) => `($${i * 3 + 1}, $${i * 3 + 2}, $${i * 3 + 3})`).join(", ");
  const params = found.flatMap((comment) => [taskId, comment.author, comment.body]);
  await query(`INSERT INTO comments (task_id, author_id, body) VALUES ${tuples}`, params);
}

export async function change(id: string, patch: { title?: string; assigneeId?: string }) {
  const sets: string[] = [`title = coalesce($1, title)`];
  const params: unknown[] = [patch.title];
  if (patch.assigneeId !== undefined) {
    params.push(patch.assigneeId);
    sets.push(`assignee_id = $${params.length}`);
  }
  params.push(id);
  await query(`UPDATE tasks SET ${sets.join(", ")} WHERE id = $${params.length}`, params);
}

export async function remove(ids: string[], userId: string) {
  await mutate("DELETE FROM comments WHERE task_id = ANY($1) AND author_id = $2", [ids, userId], userId);
}
