import postgres from 'postgres'

const sql = postgres(process.env.DATABASE_URL!)

type NewTask = { project_id: string; assignee_id?: string | null; title: string }

export async function insertTask(task: NewTask) {
  return sql`insert into tasks ${sql(task)} returning id`
}

export async function insertComment(taskId: string, userId: string, body: string) {
  return sql`
    INSERT INTO comments (task_id, author_id, body)
    VALUES (${taskId}, ${userId}, ${body})
  `
}

export async function insertMany(projectId: string, titles: string[]) {
  const rows = titles.map((title) => ({ project_id: projectId, assignee_id: null, title }))
  await sql`INSERT INTO tasks ${sql(rows, 'project_id', 'title')}`
  await sql`UPDATE tasks SET title = ${titles[0]} WHERE project_id = ${projectId}`
}
