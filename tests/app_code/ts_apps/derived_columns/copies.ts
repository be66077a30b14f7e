import type { Pool } from "pg";

export async function fork(pool: Pool, pairs: [string, string][], projectId: string) {
  const tuples: string[] = [];
  const params: string[] = [];
  let next = 1;
  for (const [from, to] of pairs) {
    tuples.push(`($${next++}::uuid, $${next++}::uuid)`);
    params.push(from, to);
  }
  // The WITH query names its columns itself.
  await pool.query(
    `WITH mapping (from_id, to_id) AS (VALUES ${tuples.join(", ")})
     INSERT INTO comments (task_id, author_id, body)
     SELECT m.to_id, c.author_id, c.body
     FROM mapping m
     JOIN comments c ON c.task_id = m.from_id`,
    params,
  );
  await pool.query(
    `INSERT INTO comments (task_id, author_id, body)
     SELECT latest.task, latest.author_id, latest.body
     FROM (
       SELECT t.id AS task, c.author_id, c.body, row_number() OVER (PARTITION BY c.task_id) AS n
       FROM tasks t JOIN comments c ON c.task_id = t.id
       WHERE t.project_id = $1
     ) latest
     WHERE latest.n = 1`,
    [projectId],
  );
}

export async function addMany(pool: Pool, taskId: string, authors: string[]) {
  await pool.query(
    `INSERT INTO comments (task_id, author_id)
     SELECT $1, given.author FROM unnest($2::uuid[]) AS given(author)`,
    [taskId, authors],
  );
  await pool.query(
    `INSERT INTO comments (task_id, author_id)
     SELECT $1, author FROM unnest($2::uuid[]) AS author`,
    [taskId, authors],
  );
}

export async function assign(pool: Pool, projectId: string) {
  await pool.query(
    `WITH free AS (
       SELECT u.id AS user_id, p.id AS project_id
       FROM projects p LEFT JOIN users u ON u.id = p.owner_id
       WHERE p.id = $1
     )
     INSERT INTO tasks (project_id, assignee_id, title)
     SELECT free.project_id, free.user_id, 'Look at it' FROM free`,
    [projectId],
  );
  await pool.query(
    `INSERT INTO tasks (project_id, assignee_id, title)
     SELECT given.project_id, given.assignee_id, given.title
     FROM (
       SELECT p.id AS project_id, p.team_id AS assignee_id, p.name AS title FROM projects p
       UNION ALL
       SELECT $1, NULL, 'last'
     ) AS given`,
    [projectId],
  );
  await pool.query(
    `WITH old AS (SELECT * FROM tasks WHERE project_id = $1)
     INSERT INTO tasks (project_id, assignee_id, title)
     SELECT old.project_id, old.assignee_id, old.title FROM old`,
    [projectId],
  );
  await pool.query(
    `WITH RECURSIVE line AS (
       SELECT t.id, t.title, 0 AS depth FROM tasks t WHERE t.project_id = $1
       UNION ALL
       SELECT l.id, l.title, l.depth + 1 FROM line l WHERE l.depth < 3
     )
     INSERT INTO comments (task_id, author_id, body) SELECT line.id, NULL, line.title FROM line`,
    [projectId],
  );
}
