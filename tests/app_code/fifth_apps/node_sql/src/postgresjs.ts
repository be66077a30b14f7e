import postgres from 'postgres'
import { sql } from './sql'

export interface CommentInput {
  taskId: string
  authorId: string | null
  body: string
}

export const addComment = async ({ taskId, authorId, body }: CommentInput) => {
  const [row] = await sql`
    insert into comments (task_id, author_id, body)
    values (${taskId}, ${authorId}, ${body})
    returning id
  `
  return row.id
}

export async function addProject(teamId: string, ownerId: string, name: string) {
  const project = { team_id: teamId, owner_id: ownerId, name }
  await sql`insert into projects ${sql(project, 'team_id', 'owner_id', 'name')}`
}

export async function addTasks(tasks: { title: string; project_id: string }[]) {
  return sql.begin(async (tx) => tx`insert into tasks ${tx(tasks)} returning *`)
}
